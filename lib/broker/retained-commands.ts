import { payloadDigest, type SessionRecord } from '../files/session-record.js';
import type { Publish } from '../message/publish.js';

/** A retained command that was taken and is not settled. */
interface Waiting {
  readonly session: string;
  readonly topic: string;
  readonly digest: string;
}

/**
 * Has each retained command run once for one content and one broker (design.md, decision 9), however often the broker sends
 * it: at each subscription, or because it has lost the session.
 */
export class RetainedCommands {
  readonly #record: SessionRecord;
  /** By sequence number. */
  readonly #waiting = new Map<number, Waiting>();
  /** The session in use, see `sessionName`. */
  session = '';

  constructor(record: SessionRecord) {
    this.#record = record;
  }

  /** The number of the publish that this one is a copy of: one that still waits, or 0 for one that has run. */
  copyOf(publish: Publish): number | undefined {
    const digest = payloadDigest(publish);
    for (const [seq, { session, topic, digest: other }] of this.#waiting) {
      if (session === this.session && topic === publish.topic && digest === other) return seq;
    }
    return this.#record.hasRun(this.session, publish) ? 0 : undefined;
  }

  /** It was taken: from now on it waits. */
  taken(publish: Publish): void {
    const { seq, topic } = publish;
    this.#waiting.set(seq, { session: this.session, topic, digest: payloadDigest(publish) });
  }

  /** It is settled, so it has run. */
  settled(publish: Publish): void {
    const waiting = this.#waiting.get(publish.seq);
    this.#waiting.delete(publish.seq);
    if (waiting !== undefined) this.#record.addRun(waiting.session, publish);
  }
}
