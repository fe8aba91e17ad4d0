import { type Observable, Subscription, take } from 'rxjs';
import type { Gate } from '../../lib/rules/delivery/gate.js';
import type { Lane } from '../../lib/rules/delivery/lane.js';
import type { Call } from '../../lib/rules/delivery/lane-event.js';
import type { Outcome } from '../../lib/rules/delivery/outcome.js';
import type { Notify } from './deliver-deps.js';

/** Dependencies of {@link Calls}. */
export interface CallsDeps {
  readonly gate: Gate<Lane>;
  readonly notify: Notify;
  /** Emits once when cvmain serves: the number of probes that failed before. */
  readonly whenServing$: Observable<number>;
  readonly error: (bug: unknown) => void;
}

/** A call without an answer yet. */
interface InFlight {
  cancel: (() => void) | undefined;
}

/**
 * The calls in flight, and the single probe that looks for cvmain while it is away, instead of a storm of retries.
 */
export class Calls {
  readonly #deps: CallsDeps;
  /** There are few, so an array; `Lanes` says why this is not a `Map`. */
  readonly #inFlight: InFlight[] = [];
  readonly #probing = new Subscription();

  constructor(deps: CallsDeps) {
    this.#deps = deps;
  }

  /** Makes a call; `answered` may be called before this returns. */
  make({ job, target }: Call, answered: (outcome: Outcome) => void): void {
    const inFlight = this.#inFlight;
    const call: InFlight = { cancel: undefined };
    inFlight.push(call);
    this.#deps.gate.entered();
    call.cancel = this.#deps.notify(job.deliverable.message, target, (outcome) => {
      if (inFlight.includes(call)) inFlight.splice(inFlight.indexOf(call), 1);
      this.#deps.gate.left();
      answered(outcome);
    });
  }

  /** cvmain is unreachable: probes until it serves, then calls `back` with the number of failed probes. */
  away(back: (failedProbes: number) => void): void {
    const { gate, whenServing$, error } = this.#deps;
    if (!gate.away()) return;
    const next = (failedProbes: number): void => {
      gate.back();
      back(failedProbes);
    };
    this.#probing.add(whenServing$.pipe(take(1)).subscribe({ next, error }));
  }

  close(): void {
    this.#probing.unsubscribe();
    for (const { cancel } of this.#inFlight.splice(0)) cancel?.();
  }
}
