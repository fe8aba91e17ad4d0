import * as E from 'fp-ts/lib/Either.js';
import { from, map, Observable, of } from 'rxjs';
import type { Clock } from '../../lib/clock/clock.js';
import { type Arrival, arrivalOf, receiptOf } from '../../lib/clock/receipt.js';
import { type Decoded, decodeMessage } from '../../lib/rules/delivery/deliverable.js';
import type { FairnessRules } from '../../lib/rules/delivery/fairness.js';
import type { FromSpool } from '../../lib/rules/delivery/lane-event.js';
import type { DecodeRules } from '../../lib/rules/message/decode.js';
import type { Publish } from '../../lib/rules/message/publish.js';
import type { ToStore } from '../../lib/storage/spool/spool-content.js';
import type { SpoolFile } from '../../lib/storage/spool/spool-file.js';

/** A message on its way into the spool. */
export interface Storing extends Omit<ToStore, 'receipt'> {
  /** When it was received first, by the pipeline's clock, ms. */
  readonly arrivedAt: number;
}

/** The spool, as delivery uses it; see `SpoolFile`. */
export interface SpoolPort {
  /** The integrations with messages of an earlier run: emits once the spool is open, at once where it is. */
  readonly found$: Observable<readonly string[]>;
  /** Whether messages for it are in the spool that were not taken out. */
  has(integration: string): boolean;
  /**
   * Emits once: the ids of the messages that are on the disk now, or why they are not. What nobody waits for any more by
   * then leaves the spool again, as it was not acknowledged and comes again; but for QoS 0.
   */
  store(messages: readonly Storing[]): Observable<E.Either<string, readonly number[]>>;
  /** Emits once: the next messages of an integration, or why they can't be read. Then they are in the spool as before. */
  take(integration: string, most: number): Observable<E.Either<string, readonly FromSpool[]>>;
  /** These targets have accepted a message that is in the spool. */
  note(id: number, accepted: NonNullable<Publish['accepted']>): void;
  /** A message has ended, and where it is a dead letter, that is on the disk. */
  settled(id: number): void;
}

/** When messages go to the spool, and for how long. */
export interface SpoolRules extends FairnessRules {
  /** What waited for longer since its receipt is expired, ms. */
  readonly maxAgeMs: number;
}

/** What turns a spool's file into what delivery uses. */
export interface SpoolPortDeps {
  readonly file: Pick<
    SpoolFile,
    'integrations' | 'has' | 'append' | 'withdraw' | 'take' | 'note' | 'settled'
  >;
  readonly decodeRules: DecodeRules;
  /** A message that waited for longer since its receipt is expired, ms. */
  readonly maxAgeMs: number;
  /** Its uptime is the pipeline's time. */
  readonly clock: Clock;
}

/** The spool as a source of the pipeline: what comes out of it is decoded by the same rules as what came in. */
export const spoolPort = ({ file, decodeRules, maxAgeMs, clock }: SpoolPortDeps): SpoolPort => ({
  found$: of(file.integrations),
  has: (integration) => file.has(integration),
  store: (messages) =>
    new Observable((subscriber) => {
      const toStore = messages.map(({ arrivedAt, ...message }) => ({
        ...message,
        receipt: receiptOf(clock, arrivedAt),
      }));
      const stored = (result: E.Either<string, readonly number[]>): void => {
        if (subscriber.closed && E.isRight(result))
          file.withdraw(result.right.filter((_, n) => messages[n]?.publish.qos !== 0));
        subscriber.next(result);
        subscriber.complete();
      };
      file.append(toStore).then(stored, (bug) => subscriber.error(bug));
    }),
  take: (integration, most) =>
    from(file.take(integration, most)).pipe(
      map(
        E.map((taken) =>
          taken.map(({ id, publish, receipt }) => {
            const arrival = arrivalOf(clock, receipt);
            const decoded = decodeMessage(decodeRules)({ ...publish, arrivedAt: arrival.arrivedAt });
            return { id, decoded: agedBy(maxAgeMs, inTime(arrival, clock, decoded)) };
          }),
        ),
      ),
    ),
  note: (id, accepted) => file.note(id, accepted),
  settled: (id) => file.settled(id),
});

/** What is decoded of a message, which is good for no longer than the spool keeps it. */
export const agedBy = (maxAgeMs: number, decoded: Decoded): Decoded => {
  if (decoded.kind === 'dead-lettered') return decoded;
  const { message } = decoded;
  const lifetimeMs = Math.min(maxAgeMs, message.lifetimeMs);
  return { ...decoded, message: { ...message, lifetimeMs } };
};

/**
 * A stale command is dangerous: one that has a lifetime is over where nobody knows how old it is
 * (docs/architecture.md#decision-17).
 */
const inTime = ({ arrivedAt, isKnown }: Arrival, clock: Clock, decoded: Decoded): Decoded => {
  if (decoded.kind === 'dead-lettered' || isKnown) return decoded;
  const { message } = decoded;
  if (message.lifetimeMs === Number.POSITIVE_INFINITY) return decoded;
  return {
    kind: 'dead-lettered',
    publish: message.publish,
    message,
    reason: 'expired',
    detail: `its lifetime of ${message.lifetimeMs} ms may be over: it is of an earlier boot, and the clock is not known to have been synchronised both then and now`,
    attempts: 0,
    tookMs: clock.uptimeMs() - arrivedAt,
  };
};
