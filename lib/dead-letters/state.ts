import * as E from 'fp-ts/lib/Either.js';
import { type DecodeRules, decode } from '../message/decode.js';
import type { Publish } from '../message/publish.js';
import type { Letter } from './letter.js';
import type { Mark } from './marks.js';

/**
 * What may be done about a letter: `open`; `in-doubt`: a replay of it was interrupted, and cvmain may have it; `stale`: its
 * time is over, and a stale command is dangerous on a lock (design.md, decision 9); `excerpt`: only the beginning of its
 * payload was kept, so that it can't be sent; `replayed`: cvmain has it.
 */
export type LetterState = 'open' | 'in-doubt' | 'stale' | 'excerpt' | 'replayed';

/** The state of a letter. `now` is wall clock, ms since the epoch: the clock that outlasts a restart. */
export const stateOf = (
  rules: DecodeRules,
  letter: Letter,
  mark: Mark | undefined,
  now: number,
): LetterState => {
  if (mark?.outcome === 'notified') return 'replayed';
  if (letter.publish.oversized !== undefined) return 'excerpt';
  if (letter.reason === 'expired' || now >= goodUntil(rules, letter)) return 'stale';
  return mark?.outcome === 'begun' ? 'in-doubt' : 'open';
};

/** Until when it may be delivered, wall clock, ms; Infinity where neither its envelope nor MQTT's expiry says. */
export const goodUntil = (rules: DecodeRules, { publish }: Letter): number => {
  const message = decode(rules)(publish);
  return E.isLeft(message) ? Number.POSITIVE_INFINITY : publish.receivedAt + message.right.lifetimeMs;
};

/**
 * The publish by which a letter is sent again: what is left of its lifetime is its expiry. One that is stale, and asked
 * for all the same, has all of its lifetime again.
 */
export const publishAgain = (rules: DecodeRules, letter: Letter, now: number): Publish => {
  const leftMs = goodUntil(rules, letter) - now;
  return Number.isFinite(leftMs) && leftMs > 0 ? { ...letter.publish, expiresInMs: leftMs } : letter.publish;
};
