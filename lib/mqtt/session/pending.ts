import { createHash } from 'node:crypto';
import { byteLength, bytesOf, samePayload } from '../../rules/message/payload.js';
import type { Publish } from '../../rules/message/publish.js';
import type { Settled } from '../../storage/unacknowledged-file.js';

/** A message received and not acknowledged. */
export interface Entry {
  readonly packetId: number;
  readonly publish: Publish;
  /** Time of receipt, monotonic, ms. */
  readonly receivedAt: number;
  /** Shared by all receipts of the message. `givenUp`: deliver it when it comes again. */
  readonly state: { settled: boolean; givenUp?: boolean };
}

/** A message that is recognised when it comes again. */
interface Known extends Settled {
  /** Absent for one of an earlier run. */
  readonly entry?: Entry;
}

/** Maximum number of messages remembered for a session; older ones repeat when they come again. */
const mostMessages = 1_024;
const mostBytes = 8_388_608;

/**
 * Tolerance for the remaining lifetime, ms: brokers count whole seconds, and a buffered message is received later than
 * it was sent.
 */
const lifetimeTolerance = { moreMs: 2_000, lessMs: 30_000 };

/** Time after the first new message of a connection by which all copies have come (NATS waits 30 s), ms. */
const settledDownMs = 60_000;

/**
 * The unacknowledged messages of a session after its connection ended. On the next connection the broker sends them
 * again, marked as duplicates [MQTT-3.3.1-1]; each entry is recognised once, so equal commands are not taken for more
 * copies than there are.
 *
 * By packet id and content: the broker keeps the ids of messages in flight [MQTT-4.4.0-1]. By content alone where the
 * broker numbers from 1 on each connection, as RabbitMQ does: so far the ids of this connection are 1, 2, 3, …
 *
 * The remaining MQTT 5 lifetime must fit as well: an equal command sent later has more of it. Among equal entries the
 * one with the best fitting lifetime counts, else the latest: taken for an earlier one, the message could be
 * acknowledged before it was delivered.
 */
export class Pending {
  #known: Known[];
  /** Messages of QoS 2 with PUBREC sent and no PUBREL yet: digest of the content by packet id. */
  readonly #recorded = new Map<number, string>();
  /** When the first new message came on this connection. */
  #firstNewAt: number | undefined;
  /** Number of publishes with a packet id on this connection, without copies. */
  #received = 0;
  #countsFromOne = true;

  /** `settled`: left by an earlier run. */
  constructor(settled: readonly Settled[] = []) {
    this.#known = [...settled];
  }

  /** Settled and unacknowledged messages, for a later run. */
  get settled(): readonly Settled[] {
    return this.#known.filter(({ entry }) => entry === undefined || entry.state.settled);
  }

  /** A connection to this session. */
  connected(): void {
    this.#firstNewAt = undefined;
    this.#received = 0;
    this.#countsFromOne = true;
  }

  /** Ends the connection; `left` are its unacknowledged messages in order of receipt. */
  disconnected(left: readonly Entry[], now: number): void {
    const hasAllCome = now - (this.#firstNewAt ?? now) >= settledDownMs;
    const old = hasAllCome ? [] : this.#known;
    // Nothing can have come on an attempt that failed.
    this.#firstNewAt = undefined;
    this.#known = bounded([...old, ...left.map(knownOf)]);
  }

  /** Gives unsettled messages up. They are still recognised, for their time of first receipt. */
  giveUpUnsettled(): void {
    for (const { entry } of this.#known)
      if (entry !== undefined && !entry.state.settled) entry.state.givenUp = true;
  }

  /** Removes and returns the entry that this publish is a copy of, if any. */
  take(packetId: number, publish: Publish, now: number): Entry | undefined {
    this.#received += 1;
    this.#countsFromOne &&= packetId === this.#received;
    if (!publish.dup) {
      this.#firstNewAt ??= now;
      // A new message has this id, so the broker dropped the earlier one; unless ids restart on each connection.
      if (!this.#countsFromOne) this.#known = this.#known.filter((each) => each.packetId !== packetId);
      return undefined;
    }
    const settledNow: Entry = { packetId, publish, receivedAt: now, state: { settled: true } };
    const content = digest(publish);
    if (this.#recorded.get(packetId) === content) return settledNow;
    const candidates = this.#known.filter(
      (each) =>
        (this.#countsFromOne || each.packetId === packetId) &&
        each.content === content &&
        fits(lifetimeGap(each, publish, now)),
    );
    const found = candidates.reduce<Known | undefined>(
      (best, each) =>
        best === undefined || distance(each, publish, now) <= distance(best, publish, now) ? each : best,
      undefined,
    );
    if (found === undefined) return undefined;
    this.#remove(found, packetId);
    return found.entry ?? settledNow;
  }

  /** Removes an entry. An equal entry with the id by which it was recognised takes over the id of this one. */
  #remove(found: Known, packetId: number): void {
    this.#known = this.#known
      .filter((each) => each !== found)
      .map((each) =>
        each.packetId === packetId && each.content === found.content
          ? { ...each, packetId: found.packetId }
          : each,
      );
  }

  /** PUBREC was sent for a publish of QoS 2: until PUBREL it is not delivered again [MQTT-4.3.3-10]. */
  recorded(packetId: number, publish: Publish): void {
    this.#recorded.set(packetId, digest(publish));
  }

  /** PUBREL came. */
  completed(packetId: number): void {
    this.#recorded.delete(packetId);
  }
}

/** True if two publishes have the same topic and payload; an excerpt compares by length and hash. */
export const sameContent = (one: Publish, other: Publish): boolean =>
  one.topic === other.topic &&
  samePayload(one.payload, other.payload) &&
  one.oversized?.sha256 === other.oversized?.sha256;

/** How much more of its lifetime the publish has than the entry would have, ms; Infinity if only one has a lifetime. */
const lifetimeGap = ({ expiresInMs, receivedAt }: Settled, publish: Publish, now: number): number => {
  if (expiresInMs === undefined && publish.expiresInMs === undefined) return 0;
  if (expiresInMs === undefined || publish.expiresInMs === undefined) return Number.POSITIVE_INFINITY;
  return publish.expiresInMs - (expiresInMs - (now - receivedAt));
};

const fits = (gapMs: number): boolean =>
  gapMs <= lifetimeTolerance.moreMs && gapMs >= -lifetimeTolerance.lessMs;

const distance = (known: Known, publish: Publish, now: number): number =>
  Math.abs(lifetimeGap(known, publish, now));

const knownOf = (entry: Entry): Known => {
  const { packetId, publish, receivedAt } = entry;
  return { packetId, content: digest(publish), receivedAt, expiresInMs: publish.expiresInMs, entry };
};

/** The latest entries, up to the limit. */
const bounded = (known: readonly Known[]): Known[] => {
  let bytes = 0;
  const kept: Known[] = [];
  for (const each of known.slice(-mostMessages).reverse()) {
    bytes += each.entry === undefined ? 0 : byteLength(each.entry.publish.payload);
    if (bytes > mostBytes) break;
    kept.push(each);
  }
  return kept.reverse();
};

/** Digest of the content of a publish, see {@link sameContent}. */
export const digest = ({ topic, payload, oversized }: Publish): string =>
  createHash('sha256')
    .update(topic)
    .update('\0')
    .update(oversized?.sha256 ?? '')
    .update('\0')
    .update(bytesOf(payload))
    .digest('base64');
