/**
 * The gate in front of cvmain: a limit on concurrent calls, and none while cvmain is away (docs/architecture.md#decision-2,
 * #decision-4). A pure account: who finds that it is away looks for it.
 */
export class Gate<T> {
  readonly #callsInFlight: number;
  readonly #queue = new Set<T>();
  #inFlight = 0;
  #serves = true;

  constructor(callsInFlight: number) {
    this.#callsInFlight = callsInFlight;
  }

  /** No call is in flight. */
  get idle(): boolean {
    return this.#inFlight === 0;
  }

  /** Whether a call may be made now. */
  get isOpen(): boolean {
    return this.#serves && this.#inFlight < this.#callsInFlight;
  }

  /** A call begins. */
  entered(): void {
    this.#inFlight += 1;
  }

  /** A call has ended. */
  left(): void {
    this.#inFlight -= 1;
  }

  /** Waits for {@link next}. */
  queued(caller: T): void {
    this.#queue.add(caller);
  }

  /** Waits no longer. */
  withdrawn(caller: T): void {
    this.#queue.delete(caller);
  }

  /** Who has waited longest, when there is a place: it may enter, or leave the place to the next. */
  next(): T | undefined {
    if (this.#queue.size === 0 || !this.isOpen) return undefined;
    const [first] = this.#queue;
    if (first !== undefined) this.#queue.delete(first);
    return first;
  }

  /** cvmain can't be reached: nobody enters. True when that is news. */
  away(): boolean {
    const wasServing = this.#serves;
    this.#serves = false;
    return wasServing;
  }

  /** cvmain serves. */
  back(): void {
    this.#serves = true;
  }
}
