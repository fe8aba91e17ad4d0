import * as E from 'fp-ts/lib/Either.js';
import { map, of, type SchedulerLike, timer } from 'rxjs';
import { decodeMessage } from '../../lib/rules/delivery/deliverable.js';
import type { DecodeRules } from '../../lib/rules/message/decode.js';
import type { Publish } from '../../lib/rules/message/publish.js';
import { SpoolIndex } from '../../lib/storage/spool/spool-index.js';
import { messageLine } from '../../lib/storage/spool/spool-record.js';
import type { SpoolBounds } from '../rules.js';
import { agedBy, type SpoolPort } from './spool-port.js';

/** Dependencies of {@link SpoolInMemory}. */
export interface SpoolInMemoryDeps extends SpoolBounds {
  readonly decodeRules: DecodeRules;
  readonly scheduler: SchedulerLike;
}

/** As long as a boot id. */
const boot = '0'.repeat(36);

/**
 * The spool of the daemon without a file: the same capacity, order and ages. The id of a message is the sequence
 * number of its publish, from 1; as in the daemon, a spooled publish has its id, negated, as its number.
 */
export class SpoolInMemory implements SpoolPort {
  /** There is no earlier run. */
  readonly found$ = of<readonly string[]>([]);
  readonly #deps: SpoolInMemoryDeps;
  readonly #index = new SpoolIndex();
  readonly #publishes = new Map<number, Publish>();

  constructor(deps: SpoolInMemoryDeps) {
    this.#deps = deps;
  }

  has(integration: string): boolean {
    return this.#index.has(integration);
  }

  store(messages: Parameters<SpoolPort['store']>[0]): ReturnType<SpoolPort['store']> {
    const { scheduler, maxBytes } = this.#deps;
    const slots = messages.map(({ integration, publish, arrivedAt }) => {
      const receipt = { boot, uptimeMs: Math.floor(arrivedAt) };
      const bytes = Buffer.byteLength(messageLine(publish.seq, { integration, publish, receipt }));
      return { id: publish.seq, integration, offset: 0, bytes };
    });
    return timer(0, scheduler).pipe(
      map(() => {
        const bytes = slots.reduce((sum, slot) => sum + slot.bytes, this.#index.liveBytes);
        if (bytes > maxBytes) return E.left('the spool is full');
        for (const [at, { publish, pinned, arrivedAt }] of messages.entries()) {
          const slot = slots[at];
          if (slot === undefined) continue;
          if (pinned) this.#index.addTaken(slot);
          else this.#index.add(slot);
          this.#publishes.set(slot.id, { ...publish, seq: -slot.id, arrivedAt });
        }
        return E.right(slots.map(({ id }) => id));
      }),
    );
  }

  take(integration: string, most: number): ReturnType<SpoolPort['take']> {
    const { scheduler, decodeRules, rules } = this.#deps;
    const slots = this.#index.take(integration, most);
    return timer(0, scheduler).pipe(
      map(() =>
        E.right(
          slots.flatMap(({ id }) => {
            const publish = this.#publishes.get(id);
            if (publish === undefined) return [];
            return [{ id, decoded: agedBy(rules.maxAgeMs, decodeMessage(decodeRules)(publish)) }];
          }),
        ),
      ),
    );
  }

  note(id: number, accepted: NonNullable<Publish['accepted']>): void {
    const publish = this.#publishes.get(id);
    if (publish !== undefined) this.#publishes.set(id, { ...publish, accepted });
  }

  settled(id: number): void {
    if (this.#index.done(id)) this.#publishes.delete(id);
  }
}
