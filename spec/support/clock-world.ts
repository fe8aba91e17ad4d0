import * as E from 'fp-ts/lib/Either.js';
import { firstValueFrom } from 'rxjs';
import { type Clock, clockOf } from '../../lib/clock/clock.js';
import { receiptOfJson } from '../../lib/clock/receipt.js';
import { newJob } from '../../lib/rules/delivery/job.js';
import { publishOfJson } from '../../lib/rules/message/publish-json.js';
import { messageLine, parseSpoolLine } from '../../lib/storage/spool/spool-record.js';
import { spoolPort } from '../../streams/spool/spool-port.js';
import { allIsWell } from './deps.js';
import { rightOf } from './either.js';
import { publishOf } from './shorthand.js';

/** A received message, and the true facts about it. */
interface Received {
  readonly text: string;
  /** Infinity if it has none. */
  readonly lifetimeMs: number;
  readonly at: number;
  readonly boot: number;
  /** Its receipt, by the uptime that the receiving process read. */
  readonly arrivedAt: number;
  /** Whether the wall clock was right when it was stored. */
  wasSynchronised: boolean;
}

/** What the spool gave for a message. */
export interface Taken {
  readonly isExpired: boolean;
  readonly detail: string;
  readonly trueAgeMs: number;
  readonly lifetimeMs: number;
  /** Its age can be known: it is from this boot, or the clock was right at both times. */
  readonly isAgeKnown: boolean;
}

const day = 86_400_000;

/** A unit whose true time a spec knows, with a spool whose lines outlast processes and boots. */
export class ClockWorld {
  readonly #maxAgeMs: number;
  #now = Date.UTC(2026, 0, 1);
  #boot = 1;
  #bootedAt = this.#now - 60_000;
  #asleepMs = 0;
  #startedAt = this.#now;
  /** Error of the wall clock, ms. */
  #offMs = 0;
  #synchronisedAt: number | undefined;
  #clock: Clock;
  #received: Received[] = [];
  #spool: { readonly line: string; readonly message: Received }[] = [];

  constructor(maxAgeMs: number) {
    this.#maxAgeMs = maxAgeMs;
    this.#clock = this.#newClock();
  }

  pass(ms: number): void {
    this.#now += ms;
  }

  /** Nobody sets the clock within a second after the system wakes up. */
  sleep(ms: number): void {
    this.#now += ms + 1_000;
    this.#asleepMs += ms;
  }

  /** Sets the clock by hand, unless it is synchronised. */
  setClock(offMs: number): void {
    if (this.#synchronisedAt === undefined) this.#offMs = offMs;
  }

  synchronise(): void {
    this.#offMs = 0;
    this.#synchronisedAt = this.#now;
  }

  /** The daemon restarts: what was received and not stored is still at the broker. */
  restart(): void {
    this.#received = [];
    this.#asleepMs = 0;
    this.#startedAt = this.#now;
    this.#clock = this.#newClock();
  }

  /** The power is off for this time; afterwards the clock is wrong by `offMs`. */
  reboot(downMs: number, offMs: number): void {
    this.#now += downMs;
    this.#boot += 1;
    this.#bootedAt = this.#now;
    this.#now += 1_500;
    this.#offMs = offMs;
    this.#synchronisedAt = undefined;
    this.restart();
  }

  receive(lifetimeMs: number): void {
    const text = JSON.stringify({
      function: 'int1-open',
      ...(lifetimeMs === Number.POSITIVE_INFINITY ? {} : { timeout: lifetimeMs }),
    });
    const { uptimeMs } = this.#clock;
    const facts = { at: this.#now, boot: this.#boot, arrivedAt: uptimeMs(), wasSynchronised: false };
    this.#received.push({ text, lifetimeMs, ...facts });
  }

  async store(): Promise<void> {
    const stored = this.#received.splice(0);
    for (const message of stored) message.wasSynchronised = this.#synchronisedAt !== undefined;
    const messages = stored.map(({ text, arrivedAt }) => ({
      integration: 'int1',
      publish: publishOf(1, { text }),
      arrivedAt,
      pinned: false,
    }));
    const append: Parameters<typeof spoolPort>[0]['file']['append'] = async (records) => {
      for (const [n, record] of records.entries()) {
        const message = stored[n];
        if (message) this.#spool.push({ line: messageLine(n + 1, record), message });
      }
      return E.right(records.map((_, n) => n + 1));
    };
    await firstValueFrom(this.#port({ append }).store(messages));
  }

  /** Takes everything out of the spool, and decides on it as a lane does before a call. */
  async take(): Promise<readonly Taken[]> {
    const spool = this.#spool.splice(0);
    const take = async () =>
      E.right(
        spool.map(({ line }) => {
          const record = rightOf(parseSpoolLine(line.trimEnd()));
          if (!('publish' in record)) throw new Error('no message');
          return {
            id: record.id,
            publish: publishOfJson(record.publish, -record.id),
            receipt: receiptOfJson(record.receipt),
          };
        }),
      );
    const taken = rightOf(await firstValueFrom(this.#port({ take }).take('int1', spool.length)));
    return taken.flatMap(({ decoded }, n) => {
      const message = spool[n]?.message;
      if (message === undefined) return [];
      const isSameBoot = message.boot === this.#boot;
      const now = this.#clock.uptimeMs();
      return {
        isExpired: decoded.kind === 'dead-lettered' || now >= newJob(decoded, now).expiresAt,
        detail: decoded.kind === 'dead-lettered' ? decoded.detail : '',
        trueAgeMs: this.#now - message.at,
        lifetimeMs: message.lifetimeMs,
        isAgeKnown: isSameBoot || (message.wasSynchronised && this.#synchronisedAt !== undefined),
      };
    });
  }

  #port(more: Partial<Parameters<typeof spoolPort>[0]['file']>) {
    const file = {
      integrations: [],
      has: () => false,
      append: async () => E.left('not played'),
      withdraw: () => undefined,
      take: async () => E.right([]),
      note: () => undefined,
      settled: () => undefined,
      ...more,
    };
    const { decodeRules } = allIsWell;
    return spoolPort({ file, decodeRules, maxAgeMs: this.#maxAgeMs, clock: this.#clock });
  }

  #newClock(): Clock {
    return clockOf({
      boot: `boot ${this.#boot}`,
      uptimeMs: () => Math.floor((this.#now - this.#bootedAt) / 10) * 10,
      awakeMs: () => this.#now - this.#bootedAt,
      tickMs: () => this.#now - this.#startedAt - this.#asleepMs,
      wallMs: () => this.#now + this.#offMs,
      synchronisedAt: () => this.#synchronisedAt,
    });
  }
}

/** This number of days, ms. */
export const days = (count: number): number => count * day;
