import type { Report } from '../log/event.js';
import type { Outcome } from '../rules/delivery/outcome.js';

/**
 * How long cvmain may be silent, or fail all calls, before it is reported, ms: the vendor's figure
 * (docs/domain.md#start-up).
 */
const warnAfterMs = 20_000;

/**
 * Reports about cvmain, each once: waiting for it; away; absent for 20 s; answering `get_version` while no message got
 * through for 20 s; and the end of each. Times are of a scheduler, ms.
 */
export class Presence {
  readonly #address: string;
  readonly #report: Report;
  #seen: 'never' | 'serving' | 'away' = 'never';
  #absentSince: number | undefined;
  #saidAbsent = false;
  /** When the first of the latest calls began that did not reach it. */
  #unreachedSince: number | undefined;
  #failingSince: number | undefined;
  #saidFailing = false;

  constructor(address: string, report: Report) {
    this.#address = address;
    this.#report = report;
  }

  /** `get_version` was answered. */
  serves(version: string, now: number): void {
    if (this.#seen === 'serving') return;
    const isNews = this.#seen === 'away' || this.#saidAbsent;
    const afterMs = now - (this.#absentSince ?? now);
    this.#report({ kind: 'cvmain-serves', address: this.#address, version, ...(isNews && { afterMs }) });
    this.#seen = 'serving';
    this.#absentSince = undefined;
    this.#saidAbsent = false;
    if (!this.#saidFailing) this.#failingSince = undefined;
  }

  /**
   * `get_version`, sent at `askedAt`, got no answer, or not one of cvmain's. The absence counts from `askedAt`, or from the
   * first call that did not reach cvmain.
   */
  silent(detail: string, now: number, askedAt = now): void {
    const address = this.#address;
    if (this.#absentSince === undefined) {
      this.#absentSince = Math.min(askedAt, this.#unreachedSince ?? askedAt);
      if (this.#seen === 'never')
        this.#report({ kind: 'waiting', what: 'cvmain', detail: `${address}: ${detail}` });
      else this.#report({ kind: 'cvmain-away', address, forMs: now - this.#absentSince });
    }
    if (this.#seen === 'serving') this.#seen = 'away';
    const forMs = now - this.#absentSince;
    if (forMs < warnAfterMs || this.#saidAbsent) return;
    this.#saidAbsent = true;
    this.#report({ kind: 'cvmain-absent', address, detail, forMs });
  }

  /** A call for a message, begun at `begunAt`, has ended. */
  called(outcome: Outcome, now: number, begunAt = now): void {
    const address = this.#address;
    this.#unreachedSince = outcome.kind === 'away' ? (this.#unreachedSince ?? begunAt) : undefined;
    this.#failingSince ??= now;
    const forMs = now - this.#failingSince;
    if (outcome.kind === 'accepted' || outcome.kind === 'refused') {
      if (this.#saidFailing) this.#report({ kind: 'cvmain-delivers', address, afterMs: forMs });
      this.#failingSince = undefined;
      this.#saidFailing = false;
    } else if (forMs >= warnAfterMs && this.#seen === 'serving' && !this.#saidFailing) {
      this.#saidFailing = true;
      this.#report({ kind: 'cvmain-fails', address, detail: outcome.detail, forMs });
    }
  }
}
