import { finalize, NEVER, Observable, Subject, takeUntil, timer, VirtualTimeScheduler } from 'rxjs';
import type { Outcome } from '../../lib/rules/delivery/outcome.js';
import type { Publish } from '../../lib/rules/message/publish.js';
import { topicFilter } from '../../lib/rules/message/topic-filter.js';
import type { IntegrationSet } from '../../lib/rules/routing/integrations.js';
import type { DeadLettered, Settlement } from '../../lib/rules/settlement.js';
import type { Target } from '../../lib/rules/target.js';
import { type PipelineDeps, pipeline } from '../../streams/pipeline.js';
import { answering } from './deps.js';
import { nodeTimers } from './virtual-time.js';

/** All that happens around the pipeline in one run. Times are in ms of virtual time. */
export interface Scenario {
  /** External events; of two at the same time, the first in the list happens first. */
  readonly events: readonly WorldEvent[];
  /** cvmain's answers, call by call; later calls are accepted at once. */
  readonly answers: readonly { readonly afterMs: number; readonly outcome: Outcome['kind'] }[];
  /** Duration of each absence of cvmain; later ones end at once. */
  readonly absences: readonly { readonly afterMs: number; readonly failedProbes: number }[];
  readonly limits: Pick<
    PipelineDeps,
    | 'policy'
    | 'retry'
    | 'holdUnregisteredMs'
    | 'maxHeld'
    | 'maxWaitingQos0'
    | 'callsInFlight'
    | 'giveUpAfterMs'
  >;
  /** Random numbers, used in turn. */
  readonly chances: readonly number[];
  /** How long storing a dead letter takes. */
  readonly storeMs: number;
  readonly stopAtMs?: number;
  readonly unsubscribeAtMs?: number;
}

export type WorldEvent = { readonly atMs: number } & (
  | { readonly publish: Publish }
  | { readonly set: IntegrationSet }
);

/** A call to cvmain. */
export interface Call {
  readonly seq: number;
  readonly target: Target;
  readonly integration: string;
  /** The live set at the time of the call. */
  readonly set: IntegrationSet | undefined;
  readonly away: boolean;
  readonly begin: Moment;
  end?: Moment;
  /** Absent if it was cancelled. */
  outcome?: Outcome['kind'];
}

/** When something happened: the time, and its order within the run. */
export interface Moment {
  readonly ms: number;
  readonly order: number;
}

/** A settlement, and the live set at its time. */
export interface Settled {
  readonly at: Moment;
  readonly set: IntegrationSet | undefined;
  readonly settlement: Settlement;
}

/** Everything that happened in a run. */
export interface Trace {
  readonly calls: readonly Call[];
  readonly settlements: readonly Settled[];
  readonly stored: readonly { readonly at: Moment; readonly letter: DeadLettered }[];
  readonly received: ReadonlyMap<number, Moment>;
  readonly completed: Moment | undefined;
  /** Highest number of concurrent probes. */
  readonly mostProbes: number;
}

/** Runs a scenario to its end, in virtual time. */
export const play = (scenario: Scenario): Trace => {
  const scheduler = new VirtualTimeScheduler();
  const calls: Call[] = [];
  const settlements: Settled[] = [];
  const stored: { at: Moment; letter: DeadLettered }[] = [];
  const received = new Map<number, Moment>();
  let completed: Moment | undefined;
  let order = 0;
  let absences = 0;
  let drawn = 0;
  let probing = 0;
  let mostProbes = 0;
  let set: IntegrationSet | undefined;
  let failure: unknown;
  const set$ = new Subject<IntegrationSet>();
  const publish$ = new Subject<Publish>();
  const at = (ms: number | undefined): Observable<unknown> =>
    ms === undefined ? NEVER : timer(ms, scheduler);
  const now = (): Moment => ({ ms: scheduler.now(), order: order++ });

  /** Emits once after a time; synchronously if it is 0. */
  const later = <T>(afterMs: number, value: () => T): Observable<T> =>
    new Observable((subscriber) => {
      const emit = (): void => {
        subscriber.next(value());
        subscriber.complete();
      };
      if (afterMs === 0) emit();
      else subscriber.add(scheduler.schedule(emit, afterMs));
    });

  const deps: PipelineDeps = {
    ...scenario.limits,
    decodeRules: { nameFrom: 'auto', filters: [topicFilter('s2u/cv12345/#')] },
    integrations$: set$,
    notify: answering(({ publish, integration }, target) => {
      const { afterMs, outcome } = scenario.answers[calls.length] ?? { afterMs: 0, outcome: 'accepted' };
      const call: Call = { seq: publish.seq, target, integration, set, away: probing > 0, begin: now() };
      calls.push(call);
      if (calls.length > 10_000) {
        failure = new Error('calls without end');
        return NEVER;
      }
      const answer$ = later(afterMs, (): Outcome => {
        call.outcome = outcome;
        call.end = now();
        return outcome === 'accepted' ? { kind: outcome } : { kind: outcome, detail: 'by chance' };
      });
      return answer$.pipe(
        finalize(() => {
          call.end ??= now();
        }),
      );
    }),
    whenServing$: new Observable((subscriber) => {
      const { afterMs, failedProbes } = scenario.absences[absences++] ?? { afterMs: 0, failedProbes: 1 };
      probing += 1;
      mostProbes = Math.max(mostProbes, probing);
      const back$ = later(afterMs, () => {
        probing -= 1;
        return failedProbes;
      });
      subscriber.add(back$.subscribe(subscriber));
    }),
    deadLetter: (letter) => later(scenario.storeMs, () => stored.push({ at: now(), letter })),
    stop$: at(scenario.stopAtMs),
    scheduler: nodeTimers(scheduler),
    random: () => scenario.chances[drawn++ % scenario.chances.length] ?? 0,
  };

  for (const event of scenario.events) {
    scheduler.schedule(() => {
      if ('set' in event) {
        set = event.set;
        set$.next(event.set);
      } else {
        received.set(event.publish.seq, now());
        publish$.next(event.publish);
      }
    }, event.atMs);
  }
  scheduler.schedule(() => publish$.complete(), Math.max(0, ...scenario.events.map(({ atMs }) => atMs)));

  publish$.pipe(pipeline(deps), takeUntil(at(scenario.unsubscribeAtMs))).subscribe({
    next: (settlement) => settlements.push({ at: now(), set, settlement }),
    complete: () => {
      completed = now();
    },
    error: (bug) => {
      failure = bug;
    },
  });
  scheduler.flush();
  if (failure !== undefined) throw failure;
  return { calls, settlements, stored, received, completed, mostProbes };
};
