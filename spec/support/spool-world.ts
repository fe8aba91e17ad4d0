import * as E from 'fp-ts/lib/Either.js';
import { defer, map, NEVER, of, Subject, timer, VirtualTimeScheduler } from 'rxjs';
import { AckWindow } from '../../lib/mqtt/session/ack-window.js';
import { decodeMessage } from '../../lib/rules/delivery/deliverable.js';
import type { Outcome } from '../../lib/rules/delivery/outcome.js';
import type { Publish } from '../../lib/rules/message/publish.js';
import type { Settlement } from '../../lib/rules/settlement.js';
import { pipeline } from '../../streams/pipeline.js';
import type { SpoolPort } from '../../streams/spool/spool-port.js';
import { allIsWell, answering, spoolRules } from './deps.js';
import { publishOf, registered } from './shorthand.js';

/** A spool in memory; writes and reads take a moment. */
export class MemorySpool implements SpoolPort {
  /** Everything ever written, as `integration` and the number of the publish. */
  readonly written: string[] = [];
  readonly #waiting = new Map<string, { id: number; publish: Publish }[]>();
  readonly unsettled = new Set<number>();
  readonly noted: (readonly [number, readonly string[]])[] = [];
  /** For each written message, the targets that had accepted it. */
  readonly accepted: (readonly string[])[] = [];
  /** Number of messages taken out. */
  taken = 0;
  #nextId = 1;
  #writes = 0;

  constructor(
    readonly scheduler: VirtualTimeScheduler,
    readonly room = Number.POSITIVE_INFINITY,
    readonly onWrite: (count: number) => void = () => undefined,
    readonly failing: readonly number[] = [],
  ) {}

  readonly found$: SpoolPort['found$'] = defer(() => of([...this.#waiting.keys()]));

  has(integration: string): boolean {
    return this.#waiting.has(integration);
  }

  store(messages: Parameters<SpoolPort['store']>[0]): ReturnType<SpoolPort['store']> {
    const nth = this.#writes++;
    this.onWrite(messages.length);
    return timer(2, this.scheduler).pipe(
      map(() => {
        if (this.failing.includes(nth)) return E.left('ENOSPC');
        if (this.unsettled.size + messages.length > this.room) return E.left('the spool is full');
        const ids = messages.map(({ integration, publish, pinned }) => {
          const id = this.#nextId++;
          this.written.push(`${integration} ${publish.seq}`);
          this.unsettled.add(id);
          if (publish.accepted !== undefined) this.accepted.push(publish.accepted);
          const queue = this.#waiting.get(integration) ?? [];
          if (!pinned) this.#waiting.set(integration, [...queue, { id, publish }]);
          return id;
        });
        return E.right(ids);
      }),
    );
  }

  take(integration: string, most: number): ReturnType<SpoolPort['take']> {
    // They leave the account at once, and reach the caller a moment later, as with a file.
    const queue = this.#waiting.get(integration) ?? [];
    const taken = queue.splice(0, most);
    this.taken += taken.length;
    if (queue.length === 0) this.#waiting.delete(integration);
    return timer(1, this.scheduler).pipe(
      map(() =>
        E.right(
          taken.map(({ id, publish }) => ({
            id,
            decoded: decodeMessage(allIsWell.decodeRules)({ ...publish, seq: -id }),
          })),
        ),
      ),
    );
  }

  note(id: number, accepted: NonNullable<Publish['accepted']>): void {
    if (!this.unsettled.has(id)) throw new Error(`${id} is not in the spool`);
    this.noted.push([id, accepted]);
  }

  settled(id: number): void {
    if (!this.unsettled.delete(id)) throw new Error(`${id} is not in the spool, or settled already`);
  }
}

/** A run: the recipients of the messages, and cvmain's answers. */
export interface SpoolScene {
  /** The integration of each message, in the order of the broker's queue. */
  readonly messages: readonly string[];
  /** The answer to the nth call for an integration; undefined if it is never answered. */
  readonly answer: (
    integration: string,
    nth: number,
    now: number,
  ) => { readonly afterMs: number; readonly kind: 'accepted' | 'failed' | 'away' };
  readonly registered: readonly string[];
  /** Messages that the broker sends before it needs acknowledgements. */
  readonly window: number;
  readonly untilMs: number;
  readonly room?: number;
  /** The window that the daemon assumes. */
  readonly knownWindow?: number;
  /** Called for each write, with the number of messages. */
  readonly stored?: (count: number) => void;
  /** Writes that fail, numbered from 0. */
  readonly failingWrites?: readonly number[];
}

/** The result of a run. */
export interface SpoolTrace {
  /** What cvmain accepted: integration and body, with the time. */
  readonly accepted: readonly { readonly what: string; readonly integration: string; readonly at: number }[];
  readonly settlements: readonly Settlement[];
  readonly spool: MemorySpool;
  /** Number of messages still at the broker. */
  readonly left: number;
  readonly mostUnacknowledged: number;
}

/** Plays a scene in virtual time, with a broker that keeps to its window and to the order of acknowledgements. */
export const playSpool = (scene: SpoolScene): SpoolTrace => {
  const scheduler = new VirtualTimeScheduler(undefined, scene.untilMs);
  const spool = new MemorySpool(scheduler, scene.room, scene.stored, scene.failingWrites);
  const ackWindow = new AckWindow();
  const publishes = new Subject<Publish>();
  const accepted: { what: string; integration: string; at: number }[] = [];
  const settlements: Settlement[] = [];
  const calls = new Map<string, number>();
  let sent = 0;
  let mostUnacknowledged = 0;

  const send = (): void => {
    while (sent < scene.messages.length && ackWindow.size < scene.window) {
      const integration = scene.messages[sent] ?? '';
      const publish = publishOf(sent + 1, { name: `${integration}-open`, text: `${sent}` });
      sent += 1;
      ackWindow.receive({ packetId: publish.seq, publish }, scheduler.now());
      mostUnacknowledged = Math.max(mostUnacknowledged, ackWindow.size);
      publishes.next(publish);
    }
  };

  publishes
    .pipe(
      pipeline({
        ...allIsWell,
        scheduler,
        integrations$: of(registered(scene.registered)),
        holdUnregisteredMs: 30_000,
        retry: { baseMs: 100, capMs: 1_000 },
        whenServing$: timer(100, scheduler).pipe(map(() => 1)),
        stop$: NEVER,
        spool: { spool, rules: { ...spoolRules, windowMessages: scene.knownWindow ?? scene.window } },
        notify: answering(({ integration, body }) => {
          const nth = calls.get(integration) ?? 0;
          calls.set(integration, nth + 1);
          const { afterMs, kind } = scene.answer(integration, nth, scheduler.now());
          return timer(afterMs, scheduler).pipe(
            map((): Outcome => {
              if (kind !== 'accepted') return { kind, detail: 'as the scene has it' };
              accepted.push({
                what: `${integration} ${'text' in body ? body.text : ''}`,
                integration,
                at: scheduler.now(),
              });
              return { kind };
            }),
          );
        }),
        deadLetter: () => of('stored'),
      }),
    )
    .subscribe((settlement) => {
      settlements.push(settlement);
      ackWindow.settle(settlement.publish.seq);
      ackWindow.release();
      // As a broker would: after the acknowledgement, not during it.
      scheduler.schedule(send);
    });
  scheduler.schedule(send);
  scheduler.flush();
  return { accepted, settlements, spool, left: scene.messages.length - sent, mostUnacknowledged };
};
