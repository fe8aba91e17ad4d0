import type { Sent } from './ledger.js';
import type { Line } from './model/line.js';

/** What was received on the latest connection and is not acknowledged, in order of receipt. */
export class Unacknowledged {
  #line: Line | undefined;
  #waiting: { readonly packetId: number; readonly sent: Sent }[] = [];

  /** What was acknowledged on this connection last, by packet id. */
  readonly #done = new Map<number, Sent>();

  /** What was sent again after that. */
  readonly #copies = new Map<number, Sent>();

  get size(): number {
    return this.#waiting.length;
  }

  /** What was sent again on the latest connection after it was acknowledged there. */
  get copies(): readonly Sent[] {
    return [...this.#copies.values()];
  }

  /** What was unacknowledged on the connection before has no packet ids any more. */
  connected(line: Line | undefined): void {
    this.#line = line;
    this.#waiting = [];
    this.#done.clear();
    this.#copies.clear();
  }

  /** It was sent again on this connection before the broker had read that it is acknowledged. */
  isCopyOfAcknowledged(packetId: number | undefined, sent: Sent): boolean {
    if (packetId === undefined || this.#done.get(packetId) !== sent) return false;
    this.#copies.set(packetId, sent);
    return true;
  }

  /** Sent again while it waits, it waits once. */
  received(packetId: number, sent: Sent): void {
    if (this.#waiting.some((each) => each.packetId === packetId && each.sent === sent)) return;
    // The broker holds the id for free: what had it waits for nothing any more.
    this.#waiting = this.#waiting.filter((each) => each.packetId !== packetId);
    this.#waiting.push({ packetId, sent });
  }

  /** What is acknowledged, where that is due on this line; else which packet id is. */
  acknowledged(line: Line, packetId: number): Sent | { readonly due: number | undefined } {
    const [first] = this.#waiting;
    const isNext = first?.packetId === packetId;
    const copied = this.#copies.get(packetId);
    // A copy may be taken for one, or acknowledged once more: the broker may not have read the first time.
    if (line === this.#line && !isNext && copied !== undefined) {
      this.#copies.delete(packetId);
      return copied;
    }
    if (first === undefined || line !== this.#line || first.packetId !== packetId)
      return { due: first?.packetId };
    this.#waiting.shift();
    this.#done.set(packetId, first.sent);
    return first.sent;
  }
}
