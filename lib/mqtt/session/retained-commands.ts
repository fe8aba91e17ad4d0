import type { Payload } from '../../rules/message/payload.js';
import type { Publish } from '../../rules/message/publish.js';
import { payloadDigest, type SessionRecord } from '../../storage/session-record.js';

/** More topics than a unit has. */
const mostTopics = 1_000;

/** A retained command that was taken and is not settled. */
interface Waiting {
  readonly session: string;
  readonly topic: string;
  readonly digest: string;
}

/** What came live last on a topic. */
interface Live {
  readonly seq: number;
  /** Its payload, or of a large one the digest. */
  readonly content: Payload | string;
  isSettled: boolean;
}

/**
 * Has each retained command run once for one content and one broker (docs/architecture.md#decision-9), however often the
 * broker sends it: at each subscription, or because it has lost the session. A broker does not say of a message that comes
 * live that it is retained, too: so what came live last on a topic counts as run, in the record after a clean end.
 */
export class RetainedCommands {
  readonly #record: SessionRecord;
  /** By sequence number. */
  readonly #waiting = new Map<number, Waiting>();
  /** What came live last in the session in use, by topic. */
  #live = new Map<string, Live>();
  #session = '';

  constructor(record: SessionRecord) {
    this.#record = record;
  }

  /** The session in use from now on, see `sessionName`. */
  use(session: string): void {
    if (session === this.#session) return;
    this.keep();
    this.#session = session;
    this.#live = new Map();
  }

  /** The number of the publish that this one is a copy of: one that still waits, or 0 for one that has run. */
  copyOf(publish: Publish): number | undefined {
    const digest = payloadDigest(publish);
    for (const [seq, { session, topic, digest: other }] of this.#waiting) {
      if (session === this.#session && topic === publish.topic && digest === other) return seq;
    }
    const live = this.#live.get(publish.topic);
    if (live !== undefined && digestOf(live.content) === digest) return live.seq;
    return this.#record.hasRun(this.#session, publish) ? 0 : undefined;
  }

  /** It was taken as a new one. */
  taken(publish: Publish): void {
    const { seq, topic, retain, payload } = publish;
    if (retain) this.#waiting.set(seq, { session: this.#session, topic, digest: payloadDigest(publish) });
    else
      this.#live.set(topic, {
        seq,
        content: isSmall(publish) ? payload : payloadDigest(publish),
        isSettled: false,
      });
    const [oldest] = this.#live.size > mostTopics ? this.#live.keys() : [];
    if (oldest !== undefined) this.#live.delete(oldest);
  }

  /** It is settled, so it has run. */
  settled(publish: Publish): void {
    const { seq, topic, retain } = publish;
    const live = retain ? undefined : this.#live.get(topic);
    if (live?.seq === seq) live.isSettled = true;
    const waiting = retain ? this.#waiting.get(seq) : undefined;
    if (waiting === undefined) return;
    this.#waiting.delete(seq);
    this.#record.addRun(waiting.session, publish);
  }

  /** Has what came live, and is settled, in the record. */
  keep(): void {
    const settled = [...this.#live].filter(([, { isSettled }]) => isSettled);
    if (settled.length === 0) return;
    this.#record.addLive(
      this.#session,
      settled.map(([topic, { content }]) => [topic, digestOf(content)]),
    );
  }
}

const digestOf = (content: Live['content']): string =>
  typeof content === 'string' ? content : payloadDigest({ payload: content });

/** A command has a body of 512 characters: a digest of each would cost more than the memory of the few large ones. */
const isSmall = ({ payload, oversized }: Publish): boolean =>
  oversized === undefined && ('text' in payload ? payload.text.length : payload.bytes.length) <= 4_096;
