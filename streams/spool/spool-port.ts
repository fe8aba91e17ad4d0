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

/** A message to store. */
export interface Storing extends Omit<ToStore, 'receipt'> {
  /** First receipt by the clock of the pipeline, ms. */
  readonly arrivedAt: number;
}

/** The spool as delivery uses it; see `SpoolFile`. */
export interface SpoolPort {
  /** Integrations with messages of an earlier run: emits once the spool is open. */
  readonly found$: Observable<readonly string[]>;
  /** True if the spool holds messages for it that were not taken out. */
  has(integration: string): boolean;
  /**
   * Emits once: the ids of the messages that are now on the disk, or why they are not. Messages that no subscriber
   * waits for by then are withdrawn: they were not acknowledged and come again. QoS 0 messages stay.
   */
  store(messages: readonly Storing[]): Observable<E.Either<string, readonly number[]>>;
  /** Emits once: the next messages of an integration, or why they cannot be read; they then stay in the spool. */
  take(integration: string, most: number): Observable<E.Either<string, readonly FromSpool[]>>;
  /** Records the targets that have accepted a spooled message. */
  note(id: number, accepted: NonNullable<Publish['accepted']>): void;
  /** Removes a message that is settled; a dead letter is on the disk by then. */
  settled(id: number): void;
}

/** When messages go to the spool, and for how long. */
export interface SpoolRules extends FairnessRules {
  /** A message older than this since its receipt is expired, ms. */
  readonly maxAgeMs: number;
}

/** Dependencies of {@link spoolPort}. */
export interface SpoolPortDeps {
  readonly file: Pick<
    SpoolFile,
    'integrations' | 'has' | 'append' | 'withdraw' | 'take' | 'note' | 'settled'
  >;
  readonly decodeRules: DecodeRules;
  /** A message older than this since its receipt is expired, ms. */
  readonly maxAgeMs: number;
  /** Its uptime is the time of the pipeline. */
  readonly clock: Clock;
}

/** The spool as a source of the pipeline: its messages are decoded by the same rules as new ones. */
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

/** Limits the lifetime of a spooled message to the maximum age of the spool. */
export const agedBy = (maxAgeMs: number, decoded: Decoded): Decoded => {
  if (decoded.kind === 'dead-lettered') return decoded;
  const { message } = decoded;
  const lifetimeMs = Math.min(maxAgeMs, message.lifetimeMs);
  return { ...decoded, message: { ...message, lifetimeMs } };
};

/**
 * A stale command is dangerous: a message with a lifetime is expired if its age is unknown
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
    detail: `its lifetime of ${message.lifetimeMs} ms may be over: it was received before a reboot, and the clock is not known to have been synchronised both then and now`,
    attempts: 0,
    tookMs: clock.uptimeMs() - arrivedAt,
  };
};
