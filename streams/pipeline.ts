import { identity, map, type Observable, type OperatorFunction, tap } from 'rxjs';
import { decodeMessage } from '../lib/rules/delivery/deliverable.js';
import type { DecodeRules } from '../lib/rules/message/decode.js';
import type { Publish } from '../lib/rules/message/publish.js';
import type { DeadLettered, Settlement } from '../lib/rules/settlement.js';
import type { DeliverDeps } from './delivery/deliver-deps.js';
import { type BatchLettersDeps, batchLetters } from './operators/batch-letters.js';
import { deliver } from './operators/deliver.js';
import { settle } from './operators/settle.js';
import type { SpoolPort } from './spool/spool-port.js';

/** Dependencies of the pipeline: the rules, and the ends that are plugged in. */
export interface PipelineDeps extends DeliverDeps {
  readonly decodeRules: DecodeRules;
  /** Stores a dead letter; emits once when it is stored or known to be lost. */
  readonly deadLetter: (letter: DeadLettered) => Observable<unknown>;
  /** How dead letters are gathered, where they are written to a disk that wears. */
  readonly batch?: Pick<BatchLettersDeps, 'rate' | 'mayWait'>;
}

/**
 * What cvmqtt is: each publish in, exactly one settlement of it out; nothing else decides a message's fate. Its steps are those
 * of docs/architecture.md#steps:
 *
 * 1. decode, split (`decodeMessage`): what is in a publish, and the name of its integration; or it is a dead letter already.
 * 2. route, hold, deliver (`deliver`): a lane for each integration decides; see `step`. A message is notified or a dead
 *    letter when it leaves its lane; or it is spooled, and has an end of its own as the spool's message.
 * 3. settle (`settle`): a dead letter counts once it is stored, and what was in the spool leaves it.
 *
 * Order holds within an integration, not across settlements. Completes as {@link deliver} does, once all dead letters are
 * stored.
 */
export const pipeline =
  (deps: PipelineDeps): OperatorFunction<Publish, Settlement> =>
  (publish$) =>
    publish$.pipe(
      map(decodeMessage(deps.decodeRules)),
      deliver(deps),
      deps.batch === undefined ? identity : batchLetters({ ...deps, ...deps.batch }),
      settle(deps.deadLetter),
      deps.spool === undefined ? identity : releaseFromSpool(deps.spool.spool),
    );

/**
 * Frees a spooled message once it is settled: a dead letter is on the disk then, so that a crash finds it in one of the two.
 * Its number is its id there, negated.
 */
const releaseFromSpool = (spool: SpoolPort) =>
  tap<Settlement>(({ publish: { seq } }) => {
    if (seq < 0) spool.settled(-seq);
  });
