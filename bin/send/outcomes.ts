import { Subject } from 'rxjs';
import { digestOf } from '../dev/digest.js';
import type { DevEvent } from '../dev/event.js';

/** How a message ended. */
export type Ended = Extract<DevEvent, { readonly event: 'notified' | 'dead-lettered' }>;

/** A message that was sent and has not ended. */
interface Waiting {
  readonly resolve: (ended: Ended) => void;
}

/**
 * Finds the events of the messages that this process sent, by topic and payload. Of messages with the same bytes, the first
 * to end counts as the one that was sent first.
 */
export class Outcomes {
  /** Events about messages of this process, in order. */
  readonly about$ = new Subject<DevEvent>();
  readonly #waiting = new Map<string, Waiting[]>();
  /** Where notifications of this process were sent and their apps listen. */
  readonly #sentTo = new Set<string>();
  readonly #unheard = new Set<string>();

  /** Resolves with the end of a message; to be called before it is sent. */
  of(topic: string, payload: string): Promise<Ended> {
    const digest = digestOf(topic, Buffer.from(payload));
    return new Promise((resolve) => {
      const waiting = this.#waiting.get(digest) ?? [];
      waiting.push({ resolve });
      this.#waiting.set(digest, waiting);
    });
  }

  take(event: DevEvent): void {
    if (event.event === 'unheard') {
      this.#unheard.add(event.to);
      if (this.#sentTo.has(event.to)) this.about$.next(event);
      return;
    }
    if (!('digest' in event)) return;
    const waiting = this.#waiting.get(event.digest);
    if (waiting === undefined) return;
    if (event.event === 'called' && event.depends) this.#sentTo.add(event.to);
    this.about$.next(event);
    if (event.event !== 'notified' && event.event !== 'dead-lettered') return;
    waiting.shift()?.resolve(event);
    if (waiting.length === 0) this.#waiting.delete(event.digest);
  }

  /** Where notifications were sent and nothing listens. */
  get unheard(): readonly string[] {
    return [...this.#unheard].filter((to) => this.#sentTo.has(to));
  }
}
