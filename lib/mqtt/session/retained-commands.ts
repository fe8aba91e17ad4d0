import type { Payload } from '../../rules/message/payload.js';
import type { Publish } from '../../rules/message/publish.js';
import { payloadDigest, type SessionRecord } from '../../storage/session-record.js';

/** Limit on remembered topics; more than a unit has. */
const mostTopics = 1_000;

/** A command received and not settled: retained, or the last live one of a session that is no longer in use. */
interface Waiting {
  readonly session: string;
  readonly topic: string;
  readonly digest: string;
}

/** The last live message of a topic. */
interface Live {
  readonly seq: number;
  /** Its payload; for a large one its digest. */
  readonly content: Payload | string;
  isSettled: boolean;
}

/**
 * Runs each retained command once for each content and broker (docs/architecture.md#decision-9), however often the
 * broker sends it: at each subscription, or after it lost the session. A live message may be retained too, and the
 * broker does not say so: the last live message of a topic counts as run, and is recorded at a clean end.
 */
export class RetainedCommands {
  readonly #record: SessionRecord;
  /** By sequence number. */
  readonly #waiting = new Map<number, Waiting>();
  /** Last live messages of the session in use, by topic. */
  #live = new Map<string, Live>();
  #session = '';

  constructor(record: SessionRecord) {
    this.#record = record;
  }

  /** Switches to a session, see `sessionName`. */
  use(session: string): void {
    if (session === this.#session) return;
    this.keep();
    for (const [topic, { seq, content, isSettled }] of this.#live)
      if (!isSettled) this.#waiting.set(seq, { session: this.#session, topic, digest: digestOf(content) });
    this.#session = session;
    this.#live = new Map();
  }

  /** Sequence number of the publish that this one is a copy of; 0 if that one has run; undefined if it is new. */
  copyOf(publish: Publish): number | undefined {
    const digest = payloadDigest(publish);
    for (const [seq, { session, topic, digest: other }] of this.#waiting) {
      if (session === this.#session && topic === publish.topic && digest === other) return seq;
    }
    const live = this.#live.get(publish.topic);
    if (live !== undefined && digestOf(live.content) === digest) return live.seq;
    return this.#record.hasRun(this.#session, publish) ? 0 : undefined;
  }

  /** A publish was taken as new. */
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

  /** A publish is settled, so it has run. */
  settled(publish: Publish): void {
    const { seq, topic, retain } = publish;
    const live = this.#live.get(topic);
    if (live?.seq === seq) live.isSettled = true;
    const waiting = this.#waiting.get(seq);
    if (waiting === undefined) return;
    this.#waiting.delete(seq);
    if (retain) this.#record.addRun(waiting.session, publish);
    else this.#record.addLive(waiting.session, [[topic, waiting.digest]]);
  }

  /** Records settled live messages. */
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

/** True for payloads that are kept as they are: a digest costs more memory than a typical command of 512 characters. */
const isSmall = ({ payload, oversized }: Publish): boolean =>
  oversized === undefined && ('text' in payload ? payload.text.length : payload.bytes.length) <= 4_096;
