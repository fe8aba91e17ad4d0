import type { SchedulerLike } from 'rxjs';
import type { Report } from '../../lib/log/event.js';
import { type Backoff, backoffMs } from '../../lib/util/backoff.js';

/** Dependencies of {@link Pace}. */
export interface PaceDeps {
  /** Wait between two requests, after the first. */
  readonly retry: Backoff;
  /** An accepted connection that lasts this long resets the backoff, ms. */
  readonly stableMs: number;
  readonly scheduler: Pick<SchedulerLike, 'now'>;
  readonly random: () => number;
  readonly report: Report;
}

/** The wait before the next request, and whether waiting was reported; kept across logins. */
export class Pace {
  readonly #deps: PaceDeps;
  #asked = 0;
  #isReported = false;
  #acceptedAt: number | undefined;

  constructor(deps: PaceDeps) {
    this.#deps = deps;
  }

  accepted(): void {
    this.#acceptedAt = this.#deps.scheduler.now();
    this.#isReported = false;
  }

  /** The broker refused a login: an accepted connection, if any, has ended. */
  ended(): void {
    this.#restart();
    this.#acceptedAt = undefined;
  }

  /** Call it before each request. */
  nextMs(): number {
    this.#restart();
    const { retry, random } = this.#deps;
    const asked = this.#asked++;
    return asked === 0 ? 0 : retry.baseMs + backoffMs(retry, asked - 1, random);
  }

  waits(detail: string): void {
    if (!this.#isReported) this.#deps.report({ kind: 'waiting', what: 'token', detail });
    this.#isReported = true;
  }

  #restart(): void {
    const { scheduler, stableMs } = this.#deps;
    if (this.#acceptedAt === undefined || scheduler.now() - this.#acceptedAt < stableMs) return;
    this.#asked = 0;
    this.#acceptedAt = undefined;
  }
}
