import { Observable, type OperatorFunction, of } from 'rxjs';
import type { Message } from '../lib/rules/message/decode.js';
import type { Publish } from '../lib/rules/message/publish.js';
import type { DeadLettered, Notified } from '../lib/rules/settlement.js';
import { type PipelineDeps, pipeline } from './pipeline.js';
import type { SpoolBounds } from './rules.js';
import { SpoolInMemory } from './spool/spool-in-memory.js';

/** What {@link pipelineInMemory} stands on. */
export interface PipelineInMemoryDeps extends Omit<PipelineDeps, 'spool' | 'deadLetter'> {
  /** The daemon's spool; undefined where it has none. */
  readonly spool: SpoolBounds | undefined;
  /** Told once of each publish, when the daemon would acknowledge it: it has ended, or is in the spool. */
  readonly acknowledged?: () => void;
}

/**
 * The daemon's pipeline where nothing is written, for all that tells what the daemon would do: each publish in, its end
 * out, once. What the daemon would spool waits in memory, and its end has the publish as it came in; a dead letter is an
 * end like another. Publishes are numbered from 1 on.
 */
export const pipelineInMemory =
  (deps: PipelineInMemoryDeps): OperatorFunction<Publish, Notified | DeadLettered> =>
  (publish$) =>
    new Observable((subscriber) => {
      const { spool: bounds, decodeRules, scheduler, notify, acknowledged = () => undefined } = deps;
      const spool = bounds && new SpoolInMemory({ ...bounds, decodeRules, scheduler });
      return publish$
        .pipe(
          pipeline({
            ...deps,
            spool: spool && { spool, rules: bounds.rules },
            notify: (message, target, done) => notify(messageAsItCame(message), target, done),
            deadLetter: of,
          }),
        )
        .subscribe({
          next: (settlement) => {
            if (!isFromSpool(settlement.publish)) acknowledged();
            if (settlement.kind !== 'spooled') subscriber.next(endAsItCame(settlement));
          },
          error: (bug) => subscriber.error(bug),
          complete: () => subscriber.complete(),
        });
    });

/** Whether it was acknowledged when it was spooled: in the spool its number is negated. */
const isFromSpool = ({ seq }: Publish): boolean => seq < 0;

const messageAsItCame = (message: Message): Message =>
  isFromSpool(message.publish) ? { ...message, publish: asItCame(message.publish) } : message;

const endAsItCame = <A extends Notified | DeadLettered>(end: A): A =>
  isFromSpool(end.publish)
    ? {
        ...end,
        publish: asItCame(end.publish),
        ...(end.message && { message: messageAsItCame(end.message) }),
      }
    : end;

/** Of what comes in here, nothing was received before. */
const asItCame = ({ arrivedAt: _, ...publish }: Publish): Publish => ({ ...publish, seq: -publish.seq });
