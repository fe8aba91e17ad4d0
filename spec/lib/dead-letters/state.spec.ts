import { expect } from 'chai';
import type { Clock } from '../../../lib/clock/clock.js';
import type { Letter } from '../../../lib/dead-letters/letter.js';
import { matchesFilter, resolveIds } from '../../../lib/dead-letters/select.js';
import { goodUntil, publishAgain, stateOf } from '../../../lib/dead-letters/state.js';
import { topicFilter } from '../../../lib/rules/message/topic-filter.js';
import { clockWith, receiptAt } from '../../support/clock.js';
import { leftOf, rightOf } from '../../support/either.js';
import { publishOf, type Sent } from '../../support/shorthand.js';

const rules = { nameFrom: 'auto', filters: [topicFilter('s2u/cv12345/#')] } as const;

/** A letter that was received at 1,000 and settled at 2,000, by the uptime and by the wall clock. */
const letter = (sent: Sent, more: Partial<Letter> = {}): Letter => ({
  id: 'abcdef012345',
  reason: 'unregistered',
  detail: '',
  attempts: 0,
  settledAt: 2_000,
  publish: { ...publishOf(1, sent), receivedAt: 1_000 },
  receipt: receiptAt(1_000),
  ...more,
});

const forever = letter('int1-open');
const timed = letter({ json: { function: 'int1-open', timeout: 5_000 } });
const expiring = letter({ name: 'int1-open', expiresInMs: 3_000 });
/** The wall clock may show anything. */
const at = (uptimeMs: number) => clockWith({ uptimeMs, wallMs: 5 }).clock;
const mark = (outcome: string) => ({ outcome, attempts: 1, at: 0 });

describe('the state of a dead letter', () => {
  const state = (each: Letter, now: number, outcome?: string) =>
    stateOf(rules, each, outcome === undefined ? undefined : mark(outcome), at(now));

  it('is open until its lifetime ends', () => {
    expect(state(forever, 1e12)).to.equal('open');
    expect(state(timed, 5_999)).to.equal('open');
    expect(state(expiring, 3_999)).to.equal('open');
    expect(state(letter({ json: { function: 'nodash', timeout: 1 } }), 1e12)).to.equal('open');
  });

  it('is stale once its lifetime is over, and if its reason is expired', () => {
    expect(state(timed, 6_000)).to.equal('stale');
    expect(state(expiring, 4_000)).to.equal('stale');
    expect(state({ ...forever, reason: 'expired' }, 2_000)).to.equal('stale');
  });

  it('is an excerpt if only the beginning of the payload was kept, stale or not', () => {
    const oversized = { bytes: 2_000_000, sha256: 'ab' };
    const cut = { ...timed, publish: { ...timed.publish, oversized } };
    expect(state(cut, 5_999)).to.equal('excerpt');
    expect(state(cut, 6_000)).to.equal('excerpt');
    expect(state(cut, 5_999, 'begun')).to.equal('excerpt');
    expect(goodUntil(rules, cut)).to.equal(Number.POSITIVE_INFINITY);
  });

  it('is replayed once it was notified, stale or not, and open again if it failed', () => {
    expect(state(forever, 2_000, 'notified')).to.equal('replayed');
    expect(state(timed, 1e12, 'notified')).to.equal('replayed');
    expect(state(forever, 2_000, 'refused')).to.equal('open');
  });

  it('is in doubt if a replay of it was interrupted', () => {
    expect(state(forever, 2_000, 'begun')).to.equal('in-doubt');
    expect(state(timed, 6_000, 'begun')).to.equal('stale');
  });
});

describe('a dead letter of an earlier boot', () => {
  const wall = Date.UTC(2026, 0, 1);
  const nextBoot = (more: object = {}) =>
    clockWith({ boot: 'the next boot', uptimeMs: 1_000, wallMs: wall + 4_000, ...more }).clock;
  const synced = (each: Letter): Letter => ({
    ...each,
    receipt: { boot: 'this boot', uptimeMs: 1_000, syncedAt: wall },
  });
  const state = (each: Letter, clock: Clock) => stateOf(rules, each, undefined, clock);

  it('is stale if it had a lifetime, as its age is unknown', () => {
    expect(state(timed, nextBoot())).to.equal('stale');
    expect(state(timed, nextBoot({ isSynchronised: true }))).to.equal('stale');
    expect(state(synced(timed), nextBoot())).to.equal('stale');
    expect(state({ ...timed, receipt: undefined }, at(2_000))).to.equal('stale');
    expect(publishAgain(rules, timed, nextBoot())).to.deep.equal(timed.publish);
  });

  it('is open if it had no lifetime', () => {
    expect(state(forever, nextBoot())).to.equal('open');
    expect(state({ ...forever, receipt: undefined }, at(2_000))).to.equal('open');
  });

  it('goes by the wall clock if that is and was synchronised', () => {
    expect(state(synced(timed), nextBoot({ isSynchronised: true }))).to.equal('open');
    expect(publishAgain(rules, synced(timed), nextBoot({ isSynchronised: true })).expiresInMs).to.equal(
      1_000,
    );
    expect(state(synced(timed), nextBoot({ isSynchronised: true, wallMs: wall + 5_000 }))).to.equal('stale');
  });
});

describe('the publish of a replay', () => {
  it('expires after the rest of the lifetime', () => {
    expect(publishAgain(rules, timed, at(4_000)).expiresInMs).to.equal(2_000);
    expect(publishAgain(rules, expiring, at(3_500)).expiresInMs).to.equal(500);
    expect(publishAgain(rules, forever, at(1e12))).to.deep.equal(forever.publish);
    expect(goodUntil(rules, timed)).to.equal(6_000);
  });

  it('has its whole lifetime again if the letter is stale', () => {
    expect(publishAgain(rules, timed, at(9_000))).to.deep.equal(timed.publish);
    expect(publishAgain(rules, expiring, at(9_000)).expiresInMs).to.equal(3_000);
  });
});

describe('the selection of dead letters', () => {
  const named = letter('x', { name: 'int1-open' });

  it('has all letters that match the filter', () => {
    expect(matchesFilter({}, forever)).to.equal(true);
    expect(matchesFilter({ reason: 'unregistered' }, forever)).to.equal(true);
    expect(matchesFilter({ reason: 'refused' }, forever)).to.equal(false);
    expect(matchesFilter({ integration: 'int1' }, named)).to.equal(true);
    expect(matchesFilter({ integration: 'int' }, named)).to.equal(false);
    expect(matchesFilter({ integration: 'int1' }, letter('x'))).to.equal(false);
    expect(matchesFilter({ since: 2_000 }, forever)).to.equal(true);
    expect(matchesFilter({ since: 2_001 }, forever)).to.equal(false);
    expect(matchesFilter({ since: 2_000, reason: 'refused' }, forever)).to.equal(false);
  });

  it('resolves unique id prefixes', () => {
    const ids = new Set(['aaaa1', 'aaaa2', 'bbbb1']);
    expect([...rightOf(resolveIds(['bbbb', 'aaaa2', 'bbbb1'], ids))]).to.deep.equal(['bbbb1', 'aaaa2']);
    expect(leftOf(resolveIds(['bbbb', 'aaaa'], ids))).to.match(/^aaaa matches the ids of 2/);
    expect(leftOf(resolveIds(['cccc'], ids))).to.equal('no dead letter has the id cccc');
    expect(leftOf(resolveIds(['bbb'], ids))).to.equal('no dead letter has the id bbb');
  });
});
