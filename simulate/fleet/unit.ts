import type { CloseReason } from '../../lib/mqtt/connection/connection.js';
import { type Phase, type SessionEvent, stepSession } from '../../lib/mqtt/session/phase.js';
import { ReconnectPolicy } from '../../lib/mqtt/session/reconnect-policy.js';
import type { Backoff } from '../../lib/util/backoff.js';
import { Pace } from '../../streams/sources/token-pace.js';

/** What a fleet's units have in common. */
export interface UnitDeps {
  readonly reconnect: Backoff;
  /** Of the requests for another token. */
  readonly retry: Backoff;
  readonly stableMs: number;
  readonly random: () => number;
}

/** Time from CONNECT to its answer, ms: a slow line. */
export const answerMs = 100;

/**
 * The decisions of one unit about its connection: the daemon's reducer, its reconnect policy and the pace of its requests
 * for a token, without the streams around them. Times are in ms; the caller carries out what is due.
 */
export class Unit {
  #phase: Phase = { kind: 'connected', renewing: false };
  readonly #policy: ReconnectPolicy;
  readonly #pace: Pace;
  #now = 0;
  /** When the next attempt to connect is made; Infinity while connected. */
  connectAt = Number.POSITIVE_INFINITY;
  /** When cvmain is asked next for a token; Infinity while the login is good. */
  askAt = Number.POSITIVE_INFINITY;
  /** The login is one that the broker accepts. */
  isValid = true;

  /** Connected for long, since before the time 0. */
  constructor(deps: UnitDeps) {
    this.#policy = new ReconnectPolicy(deps);
    this.#policy.connected(-deps.stableMs);
    const scheduler = { now: () => this.#now };
    this.#pace = new Pace({ ...deps, scheduler, report: () => undefined });
  }

  /** The connection was lost, or the attempt that was due failed; the broker may have refused the login. */
  failed(now: number, reason: CloseReason): void {
    this.#now = now;
    this.#policy.ended(now);
    this.#post({ kind: 'closed', reason, otherVersion: false, allSettled: true });
    if (reason.kind !== 'refused') return;
    this.#pace.ended();
    if (this.askAt === Number.POSITIVE_INFINITY) this.askAt = now + this.#pace.nextMs();
  }

  /** The attempt is due. */
  due(): void {
    this.#post({ kind: 'due' });
  }

  /** The broker accepted the attempt. */
  accepted(now: number): void {
    this.#now = now;
    this.#policy.connected(now);
    this.#pace.accepted();
    this.connectAt = Number.POSITIVE_INFINITY;
    this.#post({ kind: 'accepted', isCurrent: true });
  }

  /** The request for a token that is due found none. */
  askedInVain(now: number): void {
    this.#now = now;
    this.askAt = now + this.#pace.nextMs();
  }

  /** cvmain has another token. */
  renewed(now: number): void {
    this.#now = now;
    this.isValid = true;
    this.askAt = Number.POSITIVE_INFINITY;
    this.#post({ kind: 'login', moved: false, atOnce: this.#policy.isFirst });
  }

  #post(event: SessionEvent): void {
    const { phase, effect } = stepSession(this.#phase, event);
    this.#phase = phase;
    if (effect?.kind === 'back-off') this.connectAt = this.#now + this.#policy.next(effect.reason).waitMs;
    else if (effect?.kind === 'open' && event.kind === 'login') this.connectAt = this.#now;
  }
}
