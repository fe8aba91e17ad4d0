import * as E from 'fp-ts/lib/Either.js';
import type { Clock } from '../clock/clock.js';
import { arrivalOf } from '../clock/receipt.js';
import { type DecodeRules, decode } from '../rules/message/decode.js';
import type { Publish } from '../rules/message/publish.js';
import type { Letter } from './letter.js';
import type { Mark } from './marks.js';

/**
 * The state of a letter for replay. `open`: can be sent. `in-doubt`: a replay was interrupted, cvmain may have it. `stale`:
 * its lifetime is over, and a stale command is dangerous on a lock (docs/architecture.md#decision-9). `excerpt`: only the
 * beginning of its payload was kept, so it can't be sent. `replayed`: cvmain has it.
 */
export type LetterState = 'open' | 'in-doubt' | 'stale' | 'excerpt' | 'replayed';

/** The state of a letter now. */
export const stateOf = (
  rules: DecodeRules,
  letter: Letter,
  mark: Mark | undefined,
  clock: Clock,
): LetterState => {
  if (mark?.outcome === 'notified') return 'replayed';
  if (letter.publish.oversized !== undefined) return 'excerpt';
  if (letter.reason === 'expired' || leftMs(rules, letter, clock) <= 0) return 'stale';
  return mark?.outcome === 'begun' ? 'in-doubt' : 'open';
};

/**
 * When its lifetime ends, by the clock that `receivedAt` was read from; for display. Infinity if neither the envelope nor
 * MQTT set a lifetime.
 */
export const goodUntil = (rules: DecodeRules, { publish }: Letter): number =>
  publish.receivedAt + lifetimeMs(rules, publish);

const lifetimeMs = (rules: DecodeRules, publish: Publish): number => {
  const message = decode(rules)(publish);
  return E.isLeft(message) ? Number.POSITIVE_INFINITY : message.right.lifetimeMs;
};

/**
 * What is left of its lifetime, ms. A finite lifetime counts as over if the age is unknown (docs/architecture.md#decision-17).
 */
const leftMs = (rules: DecodeRules, { publish, receipt }: Letter, clock: Clock): number => {
  const lifetime = lifetimeMs(rules, publish);
  if (lifetime === Number.POSITIVE_INFINITY) return lifetime;
  const { arrivedAt, isKnown } = arrivalOf(clock, receipt);
  return isKnown ? lifetime - (clock.uptimeMs() - arrivedAt) : 0;
};

/**
 * The publish for sending a letter again. It expires after the rest of its lifetime. A stale letter, sent anyway, gets its
 * whole lifetime again.
 */
export const publishAgain = (rules: DecodeRules, letter: Letter, clock: Clock): Publish => {
  const left = leftMs(rules, letter, clock);
  return Number.isFinite(left) && left > 0 ? { ...letter.publish, expiresInMs: left } : letter.publish;
};
