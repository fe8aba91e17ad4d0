import { Observable, type OperatorFunction, of } from 'rxjs';
import type { Message } from '../lib/rules/message/decode.js';
import type { Publish } from '../lib/rules/message/publish.js';
import type { DeadLettered, Notified } from '../lib/rules/settlement.js';
import { type PipelineDeps, pipeline } from './pipeline.js';
import type { SpoolBounds } from './rules.js';
import { SpoolInMemory } from './spool/spool-in-memory.js';

/** Dependencies of {@link pipelineInMemory}. */
export interface PipelineInMemoryDeps extends Omit<PipelineDeps, 'spool' | 'deadLetter'> {
  /** The spool of the daemon; undefined if it has none. */
  readonly spool: SpoolBounds | undefined;
  /** Called once for each publish when the daemon would acknowledge it: settled, or spooled. */
  readonly acknowledged?: () => void;
}

/**
 * The pipeline of the daemon without any writes, for commands that say what the daemon would do: one result for each
 * publish. What the daemon would spool waits in memory, and its result carries the publish as it came in. Dead
 * letters are emitted like any other result. Publishes are numbered from 1.
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

/** Spooled publishes have their number negated; they were acknowledged when they were spooled. */
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

/** Removes the marks of the spool from a publish. */
const asItCame = ({ arrivedAt: _, ...publish }: Publish): Publish => ({ ...publish, seq: -publish.seq });
