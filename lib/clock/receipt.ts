import * as t from 'io-ts';
import { isTime } from '../util/time.js';
import type { Clock } from './clock.js';

/** Time of receipt in a form that outlasts the process. */
export interface Receipt {
  readonly boot: string;
  /** Uptime of that boot at receipt, ms; negative if received before it. */
  readonly uptimeMs: number;
  /** Wall-clock time of receipt, ms since the epoch; set if the clock was synchronised when this was written. */
  readonly syncedAt?: number;
}

/** Time of receipt by the uptime of this boot. */
export interface Arrival {
  /** If unknown, the latest possible: the start of this boot. */
  readonly arrivedAt: number;
  readonly isKnown: boolean;
}

/** The receipt of a message that arrived at this uptime of the current boot. */
export const receiptOf = (clock: Clock, arrivedAt: number): Receipt => {
  const receipt = { boot: clock.boot, uptimeMs: Math.floor(arrivedAt) };
  if (!clock.isSynchronised()) return receipt;
  const syncedAt = Math.floor(clock.wallMs() - (clock.uptimeMs() - arrivedAt));
  return isTime(syncedAt) ? { ...receipt, syncedAt } : receipt;
};

/** Tolerance between clocks read at different moments, ms. */
const toleranceMs = 1_000;

/**
 * When a message was received: within one boot by uptime; across boots by the wall clock, if it was synchronised then
 * and is now, and the age does not contradict this boot's uptime. Otherwise unknown (docs/architecture.md#decision-17).
 */
export const arrivalOf = (clock: Clock, receipt: Receipt | undefined): Arrival => {
  const now = clock.uptimeMs();
  const arrivedAt = receipt && uptimeAt(clock, receipt, now);
  return arrivedAt === undefined || arrivedAt > now + toleranceMs
    ? { arrivedAt: 0, isKnown: false }
    : { arrivedAt: Math.min(arrivedAt, now), isKnown: true };
};

const uptimeAt = (clock: Clock, { boot, uptimeMs, syncedAt }: Receipt, now: number): number | undefined => {
  if (boot === clock.boot) return uptimeMs;
  if (syncedAt === undefined || !clock.isSynchronised()) return undefined;
  const arrivedAt = now - (clock.wallMs() - syncedAt);
  return arrivedAt > toleranceMs ? undefined : Math.min(arrivedAt, 0);
};

const Boot = t.refinement(t.string, ({ length }) => length > 0 && length <= 64, 'the id of a boot');

const Uptime = t.refinement(t.number, (ms) => isTime(Math.abs(ms)), 'an uptime');

/** A receipt as JSON; `synced_at` is RFC 3339. */
export const ReceiptJson = t.intersection([
  t.type({ boot: Boot, uptime_ms: Uptime }),
  t.partial({ synced_at: t.refinement(t.string, (time) => isTime(Date.parse(time)), 'a time') }),
]);

export type ReceiptJson = t.TypeOf<typeof ReceiptJson>;

/** Converts a receipt to JSON. */
export const receiptToJson = ({ boot, uptimeMs, syncedAt }: Receipt): ReceiptJson => ({
  boot,
  uptime_ms: uptimeMs,
  ...(syncedAt === undefined ? {} : { synced_at: new Date(syncedAt).toISOString() }),
});

/** The receipt from its JSON; undefined if missing, as in earlier versions. */
export const receiptOfJson = (json: ReceiptJson | undefined): Receipt | undefined =>
  json && {
    boot: json.boot,
    uptimeMs: json.uptime_ms,
    ...(json.synced_at === undefined ? {} : { syncedAt: Date.parse(json.synced_at) }),
  };
