import * as E from 'fp-ts/lib/Either.js';
import type { Clock } from '../clock/clock.js';
import { arrivalOf } from '../clock/receipt.js';
import { type DecodeRules, decode } from '../rules/message/decode.js';
import type { Publish } from '../rules/message/publish.js';
import type { Letter } from './letter.js';
import type { Mark } from './marks.js';

/**
 * What may be done about a letter: `open`; `in-doubt`: a replay of it was interrupted, and cvmain may have it; `stale`: its
 * time is over, and a stale command is dangerous on a lock (docs/architecture.md#decision-9); `excerpt`: only the beginning
 * of its payload was kept, so that it can't be sent; `replayed`: cvmain has it.
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
 * Until when it may be delivered, by the clock that `receivedAt` was read from, for people; Infinity where neither its
 * envelope nor MQTT's expiry says.
 */
export const goodUntil = (rules: DecodeRules, { publish }: Letter): number =>
  publish.receivedAt + lifetimeMs(rules, publish);

const lifetimeMs = (rules: DecodeRules, publish: Publish): number => {
  const message = decode(rules)(publish);
  return E.isLeft(message) ? Number.POSITIVE_INFINITY : message.right.lifetimeMs;
};

/**
 * What is left of its lifetime, ms; nothing of a finite one where nobody knows how old it is
 * (docs/architecture.md#decision-17).
 */
const leftMs = (rules: DecodeRules, { publish, receipt }: Letter, clock: Clock): number => {
  const lifetime = lifetimeMs(rules, publish);
  if (lifetime === Number.POSITIVE_INFINITY) return lifetime;
  const { arrivedAt, isKnown } = arrivalOf(clock, receipt);
  return isKnown ? lifetime - (clock.uptimeMs() - arrivedAt) : 0;
};

/**
 * The publish by which a letter is sent again: what is left of its lifetime is its expiry. One that is stale, and asked
 * for all the same, has all of its lifetime again.
 */
export const publishAgain = (rules: DecodeRules, letter: Letter, clock: Clock): Publish => {
  const left = leftMs(rules, letter, clock);
  return Number.isFinite(left) && left > 0 ? { ...letter.publish, expiresInMs: left } : letter.publish;
};
