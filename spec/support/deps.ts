import { asyncScheduler, NEVER, type Observable, of, take } from 'rxjs';
import type { Outcome } from '../../lib/rules/delivery/outcome.js';
import type { Message } from '../../lib/rules/message/decode.js';
import { topicFilter } from '../../lib/rules/message/topic-filter.js';
import type { Target } from '../../lib/rules/target.js';
import type { Notify } from '../../streams/delivery/deliver-deps.js';
import type { PipelineDeps } from '../../streams/pipeline.js';
import type { SpoolRules } from '../../streams/spool/spool-port.js';
import { registered } from './shorthand.js';

/**
 * Answers calls with the first value of an Observable, at once if it is synchronous; cancelling a call unsubscribes.
 * Cancelling a finished call is a bug.
 */
export const answering =
  (answer: (message: Message, target: Target) => Observable<Outcome>): Notify =>
  (message, target, done) => {
    let isOver = false;
    const call = answer(message, target)
      .pipe(take(1))
      .subscribe((outcome) => {
        isOver = true;
        done(outcome);
      });
    return () => {
      if (isOver) throw new Error(`the call for ${message.name} is over, and was cancelled`);
      call.unsubscribe();
    };
  };

/** Dependencies of a pipeline without faults, in real time: int1 is registered, and cvmain accepts at once. */
export const allIsWell: PipelineDeps = {
  decodeRules: { nameFrom: 'auto', filters: [topicFilter('s2u/cv12345/#')] },
  policy: { viaNotifier: true, toExternal: false, reservedIntegrations: new Set() },
  integrations$: of(registered(['int1'])),
  notify: answering(() => of({ kind: 'accepted' })),
  whenServing$: of(1),
  deadLetter: () => of('stored'),
  stop$: NEVER,
  scheduler: asyncScheduler,
  random: () => 0,
  holdUnregisteredMs: 0,
  maxHeld: 100,
  maxWaitingQos0: 100,
  callsInFlight: 32,
  giveUpAfterMs: 300_000,
  retry: { baseMs: 0, capMs: 0 },
};

/** Default rules for spooling. */
export const spoolRules: SpoolRules = {
  patienceMs: 1_000,
  stallMs: 250,
  windowMessages: 256,
  maxAgeMs: 3_600_000,
};
