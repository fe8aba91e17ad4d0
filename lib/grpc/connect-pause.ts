const baseMs = 100;
/** A server that starts is found soon after. */
const capMs = 300;
const maxDoublings = 10;

/** The pause after a failure to connect, in which calls fail at once: 100 ms, then 200, then 300. */
export class ConnectPause {
  #failures = 0;
  #until = Number.NEGATIVE_INFINITY;
  #problem = '';

  /** Why there is no connection; undefined where one may be made. */
  get problem(): string | undefined {
    return performance.now() < this.#until ? this.#problem : undefined;
  }

  /** No connection could be made. */
  failed(problem: string): void {
    this.#problem = problem;
    this.#until = performance.now() + Math.min(capMs, baseMs * 2 ** this.#failures);
    this.#failures = Math.min(this.#failures + 1, maxDoublings);
  }

  /** A connection was made. */
  succeeded(): void {
    this.#failures = 0;
  }
}
