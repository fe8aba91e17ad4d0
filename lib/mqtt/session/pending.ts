import { createHash } from 'node:crypto';
import { byteLength, bytesOf, samePayload } from '../../rules/message/payload.js';
import type { Publish } from '../../rules/message/publish.js';
import type { Settled } from '../../storage/unacknowledged-file.js';

/** A message that was received and not acknowledged. */
export interface Entry {
  readonly packetId: number;
  readonly publish: Publish;
  /** Monotonic, ms. */
  readonly receivedAt: number;
  /** Shared by all receipts of the message. `givenUp`: it is to be delivered when it comes again. */
  readonly state: { settled: boolean; givenUp?: boolean };
}

/** What is known again when it comes again. */
interface Known extends Settled {
  /** Absent: of an earlier run. */
  readonly entry?: Entry;
}

/** What is remembered of a session at most; a message past that repeats when it comes again. */
const mostMessages = 1_024;
const mostBytes = 8_388_608;

/**
 * How much more or less than expected can be left of a lifetime, ms: brokers count whole seconds, and what waited in a buffer
 * of the line was received later than it says.
 */
const lifetimeTolerance = { moreMs: 2_000, lessMs: 30_000 };

/** This long after the first new message of a connection, all that comes again has come (NATS waits 30 s), ms. */
const settledDownMs = 60_000;

/**
 * What was unacknowledged in one session when its connection ended. On the next one the broker sends it again, marked as
 * duplicate [MQTT-3.3.1-1]; each entry is recognised once, so that equal commands are never taken for one another's copy
 * more often than there are.
 *
 * - By packet id and content: the broker keeps the id of what is in flight [MQTT-4.4.0-1].
 * - By content alone where the broker numbers from 1 on each connection, as RabbitMQ does: so far the ids of this
 *   connection are 1, 2, 3, …
 *
 * In both cases what is left of the MQTT 5 lifetime has to fit: an equal command that was sent later has more left.
 * Among several equal entries it is the one whose lifetime fits best, else the latest: acknowledged for an earlier one, the
 * message could be acknowledged before it was delivered.
 */
export class Pending {
  #known: Known[];
  /** Of QoS 2: PUBREC was sent and PUBREL has not come; by packet id, the digest of the content. */
  readonly #recorded = new Map<number, string>();
  /** When the first message came on this connection that was not sent before. */
  #firstNewAt: number | undefined;
  /** Publishes with a packet id that came on this connection, copies not counted. */
  #received = 0;
  #countsFromOne = true;

  /** `settled` is what an earlier run left. */
  constructor(settled: readonly Settled[] = []) {
    this.#known = [...settled];
  }

  /** What is settled and unacknowledged: for a later run. */
  get settled(): readonly Settled[] {
    return this.#known.filter(({ entry }) => entry === undefined || entry.state.settled);
  }

  /** A connection to this session. */
  connected(): void {
    this.#firstNewAt = undefined;
    this.#received = 0;
    this.#countsFromOne = true;
  }

  /** The connection is gone; `left` is what was unacknowledged on it, in order of receipt. */
  disconnected(left: readonly Entry[], now: number): void {
    const hasAllCome = now - (this.#firstNewAt ?? now) >= settledDownMs;
    const old = hasAllCome ? [] : this.#known;
    // An attempt that fails is no connection on which something could have come.
    this.#firstNewAt = undefined;
    this.#known = bounded([...old, ...left.map(knownOf)]);
  }

  /** What is not settled is given up. It stays recognised, for the time of its first receipt. */
  giveUpUnsettled(): void {
    for (const { entry } of this.#known)
      if (entry !== undefined && !entry.state.settled) entry.state.givenUp = true;
  }

  /** A publish came: takes out the entry that it is a copy of, if there is one. */
  take(packetId: number, publish: Publish, now: number): Entry | undefined {
    this.#received += 1;
    this.#countsFromOne &&= packetId === this.#received;
    if (!publish.dup) {
      this.#firstNewAt ??= now;
      // Its id is free, so what had it is gone from the broker; unless ids say nothing about earlier connections.
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

  /** Takes one out. An equal one that had the id it was recognised by is known by the id of this one from now on. */
  #remove(found: Known, packetId: number): void {
    this.#known = this.#known
      .filter((each) => each !== found)
      .map((each) =>
        each.packetId === packetId && each.content === found.content
          ? { ...each, packetId: found.packetId }
          : each,
      );
  }

  /** PUBREC is sent for a publish of QoS 2: until PUBREL comes, it is not to be delivered again [MQTT-4.3.3-10]. */
  recorded(packetId: number, publish: Publish): void {
    this.#recorded.set(packetId, digest(publish));
  }

  /** PUBREL came. */
  completed(packetId: number): void {
    this.#recorded.delete(packetId);
  }
}

/** Whether two publishes have the same topic and payload, as a whole where only its beginning was kept. */
export const sameContent = (one: Publish, other: Publish): boolean =>
  one.topic === other.topic &&
  samePayload(one.payload, other.payload) &&
  one.oversized?.sha256 === other.oversized?.sha256;

/** By how much more is left of the publish's lifetime than the entry would have, ms; Infinity where only one has any. */
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

/** The latest ones, as many as fit. */
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

/** What tells the content of a publish, see {@link sameContent}, from another one. */
export const digest = ({ topic, payload, oversized }: Publish): string =>
  createHash('sha256')
    .update(topic)
    .update('\0')
    .update(oversized?.sha256 ?? '')
    .update('\0')
    .update(bytesOf(payload))
    .digest('base64');
