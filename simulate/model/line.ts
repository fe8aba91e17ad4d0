import type { ModelConnectionDeps } from './connection-deps.js';

/**
 * The line between the daemon and the broker: packets take time and keep their order; of those to the daemon, one that
 * waits for room holds up all behind it.
 */
export class Line {
  readonly #deps: Pick<ModelConnectionDeps, 'agenda' | 'chance' | 'isAlive' | 'ms'>;
  /** Arrived at the daemon, and not read. */
  readonly #inbox: (() => void)[] = [];
  #state: 'flows' | 'full' | 'closed' = 'flows';
  #reading = false;
  #arrivesThere = 0;
  #arrivesHere = 0;
  /** Packets to the broker, or to the daemon, are lost. */
  #deadThere = false;
  #deadHere = false;

  constructor(deps: Pick<ModelConnectionDeps, 'agenda' | 'chance' | 'isAlive' | 'ms'>) {
    this.#deps = deps;
  }

  /** True while packets pass in both directions. */
  get isGood(): boolean {
    return !this.#deadThere && !this.#deadHere;
  }

  /** Packets are lost: those to the broker if it is mute, those to the daemon if it is deaf, else all. */
  cut(how?: 'deaf' | 'mute'): void {
    if (how !== 'deaf') this.#deadThere = true;
    if (how !== 'mute') this.#deadHere = true;
  }

  /** A packet to the broker. */
  there(arrives: () => void, lost?: () => void): void {
    const { agenda } = this.#deps;
    this.#arrivesThere = Math.max(agenda.now + this.way(), this.#arrivesThere);
    agenda.in(this.#arrivesThere - agenda.now, () => {
      if (this.#deadThere) lost?.();
      else arrives();
    });
  }

  /** A packet to the daemon, read in its turn; the end of the connection is seen at once. */
  here(arrives: () => void, isEnd = false): void {
    const { agenda, isAlive } = this.#deps;
    this.#arrivesHere = Math.max(agenda.now + this.way(), this.#arrivesHere);
    agenda.in(this.#arrivesHere - agenda.now, () => {
      if (this.#deadHere || !isAlive()) return;
      if (isEnd) arrives();
      else {
        this.#inbox.push(arrives);
        this.#read();
      }
    });
  }

  /** How long until all that was written has arrived at the broker and the answer is here, ms. */
  get roundTripMs(): number {
    return this.#arrivesThere - this.#deps.agenda.now + this.way();
  }

  /** The way of a packet, ms. */
  way(): number {
    return this.#deps.chance.between(0.05, this.#deps.ms);
  }

  /** The daemon reads nothing more until {@link resume}. */
  pause(): void {
    if (this.#state === 'flows') this.#state = 'full';
  }

  resume(): void {
    if (this.#state === 'full') this.#state = 'flows';
    this.#read();
  }

  /** The daemon reads nothing more. */
  close(): void {
    this.#state = 'closed';
  }

  #read(): void {
    if (this.#reading) return;
    this.#reading = true;
    while (this.#state === 'flows' && this.#deps.isAlive()) {
      const next = this.#inbox.shift();
      if (next === undefined) break;
      next();
    }
    this.#reading = false;
  }
}
