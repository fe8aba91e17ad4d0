import type { Publish } from '../../rules/message/publish.js';
import type { SessionRecord } from '../../storage/session-record.js';
import type { Incoming } from '../connection/connection.js';
import type { AckWindow } from './ack-window.js';
import { RetainedCommands } from './retained-commands.js';

/** Numbers publishes, and separates new ones from copies. */
export class Intake {
  readonly #ackWindow: AckWindow;
  readonly #retained: RetainedCommands;
  #nextSeq = 1;

  constructor(ackWindow: AckWindow, record: SessionRecord) {
    this.#ackWindow = ackWindow;
    this.#retained = new RetainedCommands(record);
  }

  /** The broker accepted a connection to the session of this name. */
  connected(session: string, sessionPresent: boolean): void {
    this.#ackWindow.connected(session, sessionPresent);
    this.#retained.use(session);
  }

  /** Returns the publish to deliver; undefined for a copy of one in progress or settled. `now` is monotonic, ms. */
  take(incoming: Incoming, now: number): Publish | undefined {
    const { packetId } = incoming;
    const publish = numbered(incoming, this.#nextSeq++, now);
    const copyOf = publish.retain ? this.#retained.copyOf(publish) : undefined;
    const isNew = packetId === undefined || this.#ackWindow.receive({ packetId, publish }, now, copyOf);
    if (!isNew || copyOf !== undefined) return undefined;
    this.#retained.taken(publish);
    return this.#ackWindow.unsettledPublish(publish.seq) ?? publish;
  }

  /** Settles a publish; due acknowledgements are in the window's next release. */
  settled(publish: Publish): void {
    this.#retained.settled(publish);
    this.#ackWindow.settle(publish.seq);
  }

  /** Ends the run: unsettled publishes are new when they come again. */
  close(): void {
    this.#retained.keep();
    this.#ackWindow.forgetUnsettled();
  }
}

const numbered = (
  { topic, payload, oversized, qos, retain, dup, receivedAt, expiresInMs, reply }: Incoming,
  seq: number,
  arrivedAt: number,
): Publish => {
  const publish = { seq, topic, payload, qos, retain, dup, receivedAt, arrivedAt };
  if (expiresInMs === undefined && oversized === undefined && reply === undefined) return publish;
  return {
    ...publish,
    ...(oversized === undefined ? {} : { oversized }),
    ...(expiresInMs === undefined ? {} : { expiresInMs }),
    ...(reply === undefined ? {} : { reply }),
  };
};
