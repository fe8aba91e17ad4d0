/**
 * Limits concurrent calls to cvmain, and stops them while cvmain is away (docs/architecture.md#decision-2,
 * #decision-4). Pure: the caller probes for cvmain's return.
 */
export class Gate<T> {
  readonly #callsInFlight: number;
  readonly #queue = new Set<T>();
  #inFlight = 0;
  #serves = true;

  constructor(callsInFlight: number) {
    this.#callsInFlight = callsInFlight;
  }

  /** True if no call is in flight. */
  get idle(): boolean {
    return this.#inFlight === 0;
  }

  /** True if a call may be made now. */
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

  /** Adds a caller, which {@link next} returns in turn. */
  queued(caller: T): void {
    this.#queue.add(caller);
  }

  /** Removes a waiting caller. */
  withdrawn(caller: T): void {
    this.#queue.delete(caller);
  }

  /** The caller that has waited longest, if a slot is free: it may enter, or leave the slot to the next. */
  next(): T | undefined {
    if (this.#queue.size === 0 || !this.isOpen) return undefined;
    const [first] = this.#queue;
    if (first !== undefined) this.#queue.delete(first);
    return first;
  }

  /** cvmain is away: no calls until {@link back}. True if it was not known yet. */
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
