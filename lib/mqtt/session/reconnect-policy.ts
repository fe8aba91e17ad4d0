import { type Backoff, backoffMs } from '../../util/backoff.js';
import { lossesAfter, suggestConflict } from './client-id-conflict.js';
import type { EndReason } from './end-reason.js';

/** Dependencies of {@link ReconnectPolicy}. */
export interface ReconnectPolicyDeps {
  readonly reconnect: Backoff;
  /** A connection that lasted this long resets the backoff, ms. */
  readonly stableMs: number;
  readonly random: () => number;
}

/** How long to wait before the next connection, and whether the failures suggest a client id conflict. */
export class ReconnectPolicy {
  readonly #deps: ReconnectPolicyDeps;
  #connectedAt = Number.POSITIVE_INFINITY;
  #heldMs = Number.NEGATIVE_INFINITY;
  #failures = 0;
  #losses = 0;
  #newLogins = 0;

  constructor(deps: ReconnectPolicyDeps) {
    this.#deps = deps;
  }

  /** True if a new login is worth an attempt ahead of the wait: after a single failure. */
  get isFirst(): boolean {
    return this.#failures <= 1;
  }

  /** The broker accepted a connection; `now` in ms. */
  connected(now: number): void {
    this.#connectedAt = now;
  }

  /** A connection or attempt ended, for whatever reason; `now` in ms. */
  ended(now: number): void {
    this.#heldMs = now - this.#connectedAt;
    this.#connectedAt = Number.POSITIVE_INFINITY;
    if (this.#heldMs < this.#deps.stableMs) return;
    this.#failures = 0;
    this.#newLogins = 0;
  }

  /** Call it after an unplanned end: how long to wait, ms, and whether a client id conflict is likely. */
  next(reason: EndReason): { readonly waitMs: number; readonly conflictLikely?: true } {
    const { reconnect, stableMs, random } = this.#deps;
    this.#losses = lossesAfter(this.#losses, { reason, heldMs: this.#heldMs }, stableMs);
    const waitMs = backoffMs(reconnect, this.#failures++, random);
    return suggestConflict(this.#losses) ? { waitMs, conflictLikely: true } : { waitMs };
  }

  /**
   * A new login came during a connection: how long to keep the current one, ms. The first login is used at once;
   * further ones follow the backoff, as the accepted login is still good.
   */
  newLogin(): number {
    const { reconnect, random } = this.#deps;
    const before = this.#newLogins++;
    return before === 0 ? 0 : backoffMs(reconnect, before - 1, random);
  }
}
