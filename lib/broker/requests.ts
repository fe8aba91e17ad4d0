import type { Granted } from './connection.js';

/** What happens when a request is answered; the codes are those of SUBACK. */
type Done = (codes: readonly number[]) => void;

/** The SUBSCRIBE and UNSUBSCRIBE packets of a connection that wait for their answers. */
export class Requests {
  readonly #waiting = new Map<number, Done>();
  #last = 0;

  /** The packet id of a new request. */
  ask(done: Done): number {
    this.#last = (this.#last % 65_535) + 1;
    this.#waiting.set(this.#last, done);
    return this.#last;
  }

  /** An answer came; one that nobody waits for changes nothing. */
  answered(packetId: number, codes: readonly number[]): void {
    const done = this.#waiting.get(packetId);
    this.#waiting.delete(packetId);
    done?.(codes);
  }
}

/** What SUBACK's return codes or reason codes grant: the QoS, or nothing (MQTT 5, 3.9.3). There is a code for each filter. */
export const grantedOf = (filters: readonly string[], codes: readonly number[]): readonly Granted[] =>
  filters.map((filter, at) => {
    const code = codes[at];
    return code === 0 || code === 1 || code === 2 ? { filter, qos: code } : { filter };
  });
