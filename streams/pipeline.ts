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

/** Dependencies of the pipeline: the rules, and the sinks. */
export interface PipelineDeps extends DeliverDeps {
  readonly decodeRules: DecodeRules;
  /** Stores a dead letter; emits once when it is stored or known to be lost. */
  readonly deadLetter: (letter: DeadLettered) => Observable<unknown>;
  /** How dead letters are batched, for a disk that wears. */
  readonly batch?: Pick<BatchLettersDeps, 'rate' | 'mayWait'>;
}

/**
 * The pipeline: settles each publish exactly once, and nothing else decides the fate of a message. Its steps
 * are those of docs/architecture.md#steps:
 *
 * 1. decode, split (`decodeMessage`): the content of the publish and the name of its integration, or a dead letter.
 * 2. route, hold, deliver (`deliver`): the lane of the integration decides; see `step`. The message leaves the lane
 *    as notified, as a dead letter, or as spooled. A spooled one comes back as a publish of its own, numbered below 0.
 * 3. settle (`settle`): a dead letter counts once it is stored; a message from the spool is removed there.
 *
 * Order holds within an integration, not across settlements. Completes when {@link deliver} does and all dead letters
 * are stored.
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
 * Frees a spooled message once it is settled. A dead letter is on the disk by then, so a crash in between finds the
 * message in one of the two. Its sequence number is its id in the spool, negated.
 */
const releaseFromSpool = (spool: SpoolPort) =>
  tap<Settlement>(({ publish: { seq } }) => {
    if (seq < 0) spool.settled(-seq);
  });
