import type { Gate } from '../../lib/rules/delivery/gate.js';

/**
 * Who is served when: first what has happened, then who waits for a place among the calls, then who is due. An explicit
 * queue and no recursion: an answer may come while the call is being made (docs/architecture.md#decision-14).
 */
export class Turns<T> {
  readonly #gate: Gate<T>;
  readonly #happened: (() => void)[] = [];
  readonly #due: T[] = [];
  #isServing = false;

  constructor(gate: Gate<T>) {
    this.#gate = gate;
  }

  /** Its turn comes. */
  due(one: T): void {
    this.#due.push(one);
  }

  /** Something happened: it is dealt with when its turn comes. */
  post(happening: () => void): void {
    this.#happened.push(happening);
  }

  /** Whether it is in {@link serve}: what is posted then has its turn there. */
  get isServing(): boolean {
    return this.#isServing;
  }

  /** Deals with what happened, and serves all until nobody waits, or `isOver`. */
  serve(happened: () => void, serve: (one: T) => void, isOver: () => boolean): void {
    this.#isServing = true;
    let happening: (() => void) | undefined = happened;
    while (!isOver()) {
      if (happening !== undefined) happening();
      else {
        const next = this.#gate.next() ?? this.#due.shift();
        if (next === undefined) break;
        serve(next);
      }
      happening = this.#happened.shift();
    }
    this.#isServing = false;
  }
}
