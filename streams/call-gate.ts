import { type Observable, Subscription, take } from 'rxjs';

/** What the gate stands on. */
export interface CallGateDeps<T> {
  readonly callsInFlight: number;
  /** Emits once when cvmain serves: how many probes failed before. */
  readonly whenServing$: Observable<number>;
  /** Called for whoever was turned away, in order, when there is a place. */
  readonly wake: (turnedAway: T) => void;
  /** Called when cvmain is back after it was really down. */
  readonly recovered: () => void;
  readonly error: (bug: unknown) => void;
}

/**
 * The gate in front of cvmain: so many calls at once, and none while cvmain is away: then one probe at a time looks for
 * it, instead of a storm of retries (design.md, decisions 2 and 4).
 */
export class CallGate<T> {
  readonly #deps: CallGateDeps<T>;
  readonly #turnedAway: T[] = [];
  readonly #probing = new Subscription();
  #inFlight = 0;
  #serving = true;

  constructor(deps: CallGateDeps<T>) {
    this.#deps = deps;
  }

  get idle(): boolean {
    return this.#inFlight === 0;
  }

  /** Whether a call may be made now, which {@link leave} must end. Who is turned away is woken later. */
  enter(caller: T): boolean {
    if (!this.#serving || this.#inFlight >= this.#deps.callsInFlight) {
      this.#turnedAway.push(caller);
      return false;
    }
    this.#inFlight += 1;
    return true;
  }

  /** A call has ended: its place goes to who waited longest. */
  leave(): void {
    this.#inFlight -= 1;
    const next = this.#serving ? this.#turnedAway.shift() : undefined;
    if (next !== undefined) this.#deps.wake(next);
  }

  /** cvmain can't be reached: nobody enters until it serves again. */
  away(): void {
    if (!this.#serving) return;
    this.#serving = false;
    const { whenServing$, wake, recovered, error } = this.#deps;
    this.#probing.add(
      whenServing$.pipe(take(1)).subscribe({
        next: (failedProbes) => {
          this.#serving = true;
          if (failedProbes > 0) recovered();
          for (const caller of this.#turnedAway.splice(0)) wake(caller);
        },
        error,
      }),
    );
  }

  /** Ends the probing. */
  close(): void {
    this.#probing.unsubscribe();
  }
}
