import type { Gate } from '../../lib/rules/delivery/gate.js';

/**
 * Decides whose turn it is: first posted events, then lanes waiting for a free call, then lanes that are due. An
 * explicit queue instead of recursion, because an answer may arrive while the call is being made
 * (docs/architecture.md#decision-14).
 */
export class Turns<T> {
  readonly #gate: Gate<T>;
  readonly #happened: (() => void)[] = [];
  readonly #due: T[] = [];
  #isServing = false;

  constructor(gate: Gate<T>) {
    this.#gate = gate;
  }

  /** Queues it for a turn. */
  due(one: T): void {
    this.#due.push(one);
  }

  /** Posts an event, handled in its turn. */
  post(happening: () => void): void {
    this.#happened.push(happening);
  }

  /** True within {@link serve}: events posted then are handled there. */
  get isServing(): boolean {
    return this.#isServing;
  }

  /** Handles the events, then gives turns until nobody waits or `isOver`. */
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
