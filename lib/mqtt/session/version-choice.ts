import type { CloseReason } from '../connection/connection.js';

/** How often MQTT 5 is tried again at a broker that seemed not to support it, ms. */
export const retryVersionMs = 86_400_000;

/**
 * Chooses the MQTT version of the next connection: the configured one; with `auto` 5 first, and 4 (3.1.1) if the broker
 * does not support 5. Some brokers say so; others close the connection at CONNECT, as a restarting one does. So after
 * each accepted connection attempts begin with 5 again.
 */
export class VersionChoice {
  readonly #auto: boolean;
  #next: 4 | 5;
  #hangUps = 0;
  /** The broker accepted 3.1.1 before. */
  #isOld = false;

  constructor(setting: 'auto' | 4 | 5) {
    this.#auto = setting === 'auto';
    this.#next = setting === 'auto' ? 5 : setting;
  }

  /** Version of the current or next connection. */
  get current(): 4 | 5 {
    return this.#next;
  }

  /** True if 3.1.1 is used as a fallback from 5. */
  get isFallback(): boolean {
    return this.#auto && this.#next === 4;
  }

  /** The login names another broker. */
  moved(): void {
    this.#isOld = false;
    this.#startOver();
  }

  /** A connection ended; returns true to try the other version at once. */
  ended(reason: CloseReason, accepted: boolean): boolean {
    if (!this.#auto) return false;
    if (accepted) {
      this.#isOld = this.#next === 4;
      this.#startOver();
      return false;
    }
    if (reason.kind !== 'unsupported-version' && reason.kind !== 'hung-up') return false;
    if (this.#next === 4) {
      this.#startOver();
      return false;
    }
    const isSaid = reason.kind === 'unsupported-version' || this.#isOld;
    this.#hangUps += 1;
    if (isSaid || this.#hangUps >= enoughHangUps) this.#next = 4;
    return isSaid;
  }

  #startOver(): void {
    this.#hangUps = 0;
    if (this.#auto) this.#next = 5;
  }
}

/** A single hang-up may be a restarting broker. */
const enoughHangUps = 2;
