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
  /** Emits once when cvmain serves: how many probes failed before. */
  readonly whenServing$: Observable<number>;
  readonly error: (bug: unknown) => void;
}

/** The calls in flight, and the one probe that looks for cvmain while it is away, instead of a storm of retries. */
export class Calls {
  readonly #deps: CallsDeps;
  readonly #cancels = new Map<Lane, () => void>();
  readonly #probing = new Subscription();

  constructor(deps: CallsDeps) {
    this.#deps = deps;
  }

  /** Makes a call; `answered` may be called before this returns. */
  make(lane: Lane, { job, target }: Call, answered: (outcome: Outcome) => void): void {
    let isOver = false;
    this.#deps.gate.entered();
    const cancel = this.#deps.notify(job.deliverable.message, target, (outcome) => {
      isOver = true;
      this.#cancels.delete(lane);
      this.#deps.gate.left();
      answered(outcome);
    });
    if (!isOver) this.#cancels.set(lane, cancel);
  }

  /** cvmain can't be reached: looks for it, and says when it is `back`, and after how many failed probes. */
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
    for (const cancel of this.#cancels.values()) cancel();
    this.#cancels.clear();
  }
}
