import { type Backoff, backoffMs } from '../../util/backoff.js';
import type { CloseReason } from '../connection/connection.js';
import { lossesAfter, suggestConflict } from './client-id-conflict.js';

/** What the wait after a setback depends on. */
export interface ReconnectPolicyDeps {
  readonly reconnect: Backoff;
  /** A connection that held for so long starts the backoff anew, ms. */
  readonly stableMs: number;
  readonly random: () => number;
}

/** Counts the setbacks of a session in a row: how long to wait before it connects again, and whether a rival explains them. */
export class ReconnectPolicy {
  readonly #deps: ReconnectPolicyDeps;
  #connectedAt = Number.POSITIVE_INFINITY;
  #heldMs = Number.NEGATIVE_INFINITY;
  #failures = 0;
  #losses = 0;
  #renewals = 0;

  constructor(deps: ReconnectPolicyDeps) {
    this.#deps = deps;
  }

  /** Whether a new login is worth an attempt of its own, ahead of the wait: one that follows a single setback is. */
  get isFirst(): boolean {
    return this.#failures <= 1;
  }

  /** The broker accepted a connection; `now` in ms. */
  connected(now: number): void {
    this.#connectedAt = now;
  }

  /** A connection, accepted or not, has ended, whoever wanted it; `now` in ms. */
  ended(now: number): void {
    this.#heldMs = now - this.#connectedAt;
    this.#connectedAt = Number.POSITIVE_INFINITY;
    if (this.#heldMs < this.#deps.stableMs) return;
    this.#failures = 0;
    this.#renewals = 0;
  }

  /**
   * That end was a setback, which the daemon wanted itself (`byUs`) or not: how long to wait, ms, and whether another client
   * with the same client id is likely.
   */
  next(reason: CloseReason, byUs: boolean): { readonly waitMs: number; readonly conflictLikely: boolean } {
    const { reconnect, stableMs, random } = this.#deps;
    this.#losses = lossesAfter(this.#losses, { reason, heldMs: this.#heldMs, byUs }, stableMs);
    const waitMs = backoffMs(reconnect, this.#failures++, random);
    return { waitMs, conflictLikely: suggestConflict(this.#losses) };
  }

  /**
   * A new login came while a connection stands: how long that one is kept, ms. The first one is taken at once; those that
   * keep coming follow the same backoff, as the login that the broker accepted is good.
   */
  renewal(): number {
    const { reconnect, random } = this.#deps;
    const before = this.#renewals++;
    return before === 0 ? 0 : backoffMs(reconnect, before - 1, random);
  }
}
