import type { CloseReason } from '../connection/connection.js';

/**
 * Which version of MQTT a connection is opened with: the one that is set, or with `auto` 5 first, and 4 (which is 3.1.1)
 * where the broker does not have that. Some brokers say so; others close the connection at CONNECT, as one does that
 * restarts. So each new attempt after a connection that was accepted begins with 5 again.
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

  /** The version of the next connection, and of the current one. */
  get current(): 4 | 5 {
    return this.#next;
  }

  /** 3.1.1 is in use though 5 is wanted. */
  get isFallback(): boolean {
    return this.#auto && this.#next === 4;
  }

  /** The login names another broker. */
  moved(): void {
    this.#isOld = false;
    this.#startOver();
  }

  /** A connection has ended; true when it is worth trying the other version at once. */
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

/** One may be a restart of the broker. */
const enoughHangUps = 2;
