import {
  NEVER,
  Observable,
  type SchedulerAction,
  type SchedulerLike,
  Subject,
  Subscription,
  VirtualAction,
  VirtualTimeScheduler,
} from 'rxjs';
import type { MessageResult, RuleTest, Run } from '../../lib/rule-test/rule-test.js';
import type { Publish } from '../../lib/rules/message/publish.js';
import { topicFilter } from '../../lib/rules/message/topic-filter.js';
import type { IntegrationSet } from '../../lib/rules/routing/integrations.js';
import { pipelineInMemory } from '../pipeline-in-memory.js';
import { rulesOf, spoolBoundsOf } from '../rules.js';
import { simulatedCvmain } from './simulated-cvmain.js';

/** How long a run continues after its diagrams, ms: twice the longest hold. */
const behindMs = 7_200_000;

/** Maximum number of timers in a run. */
const maxTimers = 200_000;

/**
 * Runs a rule test through the pipeline of the daemon in virtual time: the result of each message and its frame.
 * Within a frame, cvmain and the live set change before messages arrive. Retries take their longest wait. The run
 * continues until nothing is scheduled, up to the end of the test or two hours after its diagrams.
 */
export const runRuleTest = (test: RuleTest): Run => {
  const { given, endFrame } = test;
  const { frameMs } = given;
  const lastMs = endFrame === undefined ? test.length * frameMs + behindMs : endFrame * frameMs - 1;
  const time = new VirtualTimeScheduler(VirtualAction, lastMs);
  const { scheduler, isEndless } = bounded(time);
  const set$ = new Subject<IntegrationSet>();
  const publish$ = new Subject<Publish>();
  const cvmain = simulatedCvmain({ frameMs, callDeadlineMs: given.settings.call_deadline_ms, scheduler });
  const at = (frame: number, happen: () => void): void => {
    time.schedule(happen, frame * frameMs);
  };
  for (const { frame, manner } of test.manners) at(frame, () => cvmain.change(manner));
  for (const { frame, set } of test.sets) at(frame, () => set$.next(set));
  for (const [n, { frame, sent }] of test.publishes.entries()) {
    at(frame, () => publish$.next({ ...sent, seq: n + 1, receivedAt: frame * frameMs }));
  }

  const filters = given.filters.map(topicFilter);
  const results: MessageResult[] = [];
  const run = publish$
    .pipe(
      pipelineInMemory({
        ...rulesOf({ settings: given.settings, cvmain: given.cvmain, filters: () => filters }),
        spool: spoolBoundsOf(given.settings),
        integrations$: new Observable((subscriber) => {
          subscriber.next(given.registered);
          return set$.subscribe(subscriber);
        }),
        notify: cvmain.notify,
        whenServing$: cvmain.whenServing$,
        stop$: NEVER,
        scheduler,
        random: () => 1,
      }),
    )
    .subscribe((settlement) => {
      const frame = Math.floor(time.now() / frameMs);
      const letter = test.publishes[settlement.publish.seq - 1]?.letter ?? '';
      if (settlement.kind === 'notified') results.push({ frame, letter, result: 'notified' });
      else results.push({ frame, letter, result: settlement.reason, detail: settlement.detail });
    });
  time.flush();
  run.unsubscribe();
  return { results, endless: isEndless() };
};

/**
 * A scheduler that ignores further timers after {@link maxTimers}: virtual time could otherwise run for hours of real
 * time.
 */
const bounded = (
  time: SchedulerLike,
): { readonly scheduler: SchedulerLike; readonly isEndless: () => boolean } => {
  let left = maxTimers;
  const scheduler = {
    now: () => time.now(),
    schedule: <T>(
      work: (this: SchedulerAction<T>, state?: T) => void,
      delay = 0,
      state?: T,
    ): Subscription => {
      left -= 1;
      return left < 0 ? Subscription.EMPTY : time.schedule(work, delay, state);
    },
  };
  return { scheduler, isEndless: () => left < 0 };
};
