import { type Observable, Subscription, take } from 'rxjs';

/** What the gate stands on. */
export interface CallGateDeps {
  readonly callsInFlight: number;
  /** Emits once when cvmain serves: how many probes failed before. */
  readonly whenServing$: Observable<number>;
  /** Called when cvmain serves again; `wasDown` unless the first probe found it. */
  readonly back: (wasDown: boolean) => void;
  readonly error: (bug: unknown) => void;
}

/**
 * The gate in front of cvmain: so many calls at once, and none while cvmain is away: then one probe at a time looks for
 * it, instead of a storm of retries (design.md, decisions 2 and 4).
 */
export class CallGate<T> {
  readonly #deps: CallGateDeps;
  readonly #turnedAway = new Set<T>();
  readonly #probing = new Subscription();
  #inFlight = 0;
  #serving = true;

  constructor(deps: CallGateDeps) {
    this.#deps = deps;
  }

  get idle(): boolean {
    return this.#inFlight === 0;
  }

  /** Whether a call may be made now, which {@link leave} must end. Who is turned away waits for {@link next}. */
  enter(caller: T): boolean {
    if (!this.#open) {
      this.#turnedAway.add(caller);
      return false;
    }
    this.#inFlight += 1;
    return true;
  }

  /** A call has ended. */
  leave(): void {
    this.#inFlight -= 1;
  }

  /** Who was turned away first, when there is a place: it may enter, or leave the place to the next. */
  next(): T | undefined {
    if (this.#turnedAway.size === 0 || !this.#open) return undefined;
    const [first] = this.#turnedAway;
    if (first !== undefined) this.#turnedAway.delete(first);
    return first;
  }

  /** Who was turned away waits no longer. */
  withdraw(caller: T): void {
    this.#turnedAway.delete(caller);
  }

  /** cvmain can't be reached: nobody enters until it serves again. */
  away(): void {
    if (!this.#serving) return;
    this.#serving = false;
    const { whenServing$, back, error } = this.#deps;
    const next = (failedProbes: number): void => {
      this.#serving = true;
      back(failedProbes > 0);
    };
    this.#probing.add(whenServing$.pipe(take(1)).subscribe({ next, error }));
  }

  /** Ends the probing. */
  close(): void {
    this.#probing.unsubscribe();
  }

  get #open(): boolean {
    return this.#serving && this.#inFlight < this.#deps.callsInFlight;
  }
}
