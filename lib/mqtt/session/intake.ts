import type { Publish } from '../../rules/message/publish.js';
import type { SessionRecord } from '../../storage/session-record.js';
import type { Incoming } from '../connection/connection.js';
import type { AckWindow } from './ack-window.js';
import { RetainedCommands } from './retained-commands.js';

/** Numbers what the broker sends, and tells new messages from those that came before. */
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

  /** The message to deliver; undefined where it is on its way, or has ended, already. `now` is monotonic, ms. */
  take(incoming: Incoming, now: number): Publish | undefined {
    const { packetId } = incoming;
    const publish = numbered(incoming, this.#nextSeq++, now);
    const copyOf = publish.retain ? this.#retained.copyOf(publish) : undefined;
    const isNew = packetId === undefined || this.#ackWindow.receive({ packetId, publish }, now, copyOf);
    if (!isNew || copyOf !== undefined) return undefined;
    this.#retained.taken(publish);
    return this.#ackWindow.unsettledPublish(publish.seq) ?? publish;
  }

  /** It is settled: what is due is in the window's next release. */
  settled(publish: Publish): void {
    this.#retained.settled(publish);
    this.#ackWindow.settle(publish.seq);
  }

  /** The end: what is not settled is new when it comes again. */
  close(): void {
    this.#retained.keep();
    this.#ackWindow.forgetUnsettled();
  }
}

const numbered = (
  { topic, payload, oversized, qos, retain, dup, receivedAt, expiresInMs }: Incoming,
  seq: number,
  arrivedAt: number,
): Publish => {
  const publish = { seq, topic, payload, qos, retain, dup, receivedAt, arrivedAt };
  if (expiresInMs === undefined && oversized === undefined) return publish;
  return {
    ...publish,
    ...(oversized === undefined ? {} : { oversized }),
    ...(expiresInMs === undefined ? {} : { expiresInMs }),
  };
};
