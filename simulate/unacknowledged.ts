import type { Sent } from './ledger.js';
import type { ModelConnection } from './model/connection.js';

/** Unacknowledged publishes of the latest connection, in order of receipt. */
export class Unacknowledged {
  #connection: ModelConnection | undefined;
  #waiting: { readonly packetId: number; readonly sent: Sent }[] = [];

  /** The message last acknowledged on this connection, by packet id. */
  readonly #done = new Map<number, Sent>();

  /** Copies sent after that, by packet id. */
  readonly #copies = new Map<number, Sent>();

  get size(): number {
    return this.#waiting.length;
  }

  /** Messages that were sent again on the latest connection after they were acknowledged there. */
  get copies(): readonly Sent[] {
    return [...this.#copies.values()];
  }

  /** A new connection: the packet ids of the previous one are void. */
  connected(connection: ModelConnection | undefined): void {
    this.#connection = connection;
    this.#waiting = [];
    this.#done.clear();
    this.#copies.clear();
  }

  /** True if it was sent again on this connection before the broker read its acknowledgement. */
  isCopyOfAcknowledged(packetId: number | undefined, sent: Sent): boolean {
    if (packetId === undefined || this.#done.get(packetId) !== sent) return false;
    this.#copies.set(packetId, sent);
    return true;
  }

  /** A publish that is resent while it waits is counted once. */
  received(packetId: number, sent: Sent): void {
    if (this.#waiting.some((each) => each.packetId === packetId && each.sent === sent)) return;
    // The broker considered the id free: its previous message waits for no acknowledgement.
    this.#waiting = this.#waiting.filter((each) => each.packetId !== packetId);
    this.#waiting.push({ packetId, sent });
  }

  /**
   * The acknowledged message if it is next in order on this connection; otherwise the packet id that is due.
   */
  acknowledged(connection: ModelConnection, packetId: number): Sent | { readonly due: number | undefined } {
    const [first] = this.#waiting;
    const isNext = first?.packetId === packetId;
    const copied = this.#copies.get(packetId);
    // A copy may be acknowledged again: the broker may not have read the first acknowledgement.
    if (connection === this.#connection && !isNext && copied !== undefined) {
      this.#copies.delete(packetId);
      return copied;
    }
    if (first === undefined || connection !== this.#connection || first.packetId !== packetId)
      return { due: first?.packetId };
    this.#waiting.shift();
    this.#done.set(packetId, first.sent);
    return first.sent;
  }
}
