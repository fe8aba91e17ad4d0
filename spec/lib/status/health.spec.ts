import { expect } from 'chai';
import fc from 'fast-check';
import type { DaemonEvent } from '../../../lib/log/event.js';
import { conditionAfter, newCondition } from '../../../lib/status/condition.js';
import { Counters } from '../../../lib/status/counters.js';
import { endedHealth, Health, healthKey, healthOf } from '../../../lib/status/health.js';
import type { Snapshot } from '../../../lib/status/snapshot.js';
import { noGauges, snapshotOf } from '../../../lib/status/take.js';
import { decodeJsonWith } from '../../../lib/util/codec.js';
import { rightOf } from '../../support/either.js';
import { eventsWith, secret, settlements } from '../../support/events.js';

const at = Date.parse('2026-11-28T08:00:00Z');

const snapshotAfter = (events: readonly DaemonEvent[], counters = new Counters()): Snapshot => {
  const condition = events.reduce((before, event) => conditionAfter(before, event, 0), newCondition(0));
  const identity = { pid: 7, process: 'life', boot: 'boot', started_at: 0 };
  return snapshotOf(identity, condition, counters, noGauges, { written_at: 0, clock_synchronised: true });
};

describe('the health', () => {
  it('counts dead letters of all reasons, and no message twice', () => {
    const counters = new Counters();
    const { notified, spooled, letter } = settlements('int1-open');
    const letters = [letter, { ...letter, reason: 'expired' as const }];
    for (const each of [notified, spooled, ...letters]) counters.settled(each, 0);
    counters.tally.dead_letters_lost += 1;
    expect(healthOf(snapshotAfter([], counters), at)).to.include({ notified: 1, dead_letters: 2 });
  });

  it('has only numbers and fixed words, whatever names, addresses and errors there are', () =>
    fc.assert(
      fc.property(fc.string({ minLength: 8 }), (text) => {
        const { starting: _, ...events } = eventsWith(`${text}~~~~`);
        const health = healthOf(snapshotAfter(Object.values(events)), at);
        const json = JSON.stringify(Health.encode(health));
        expect(json).to.not.contain('~~~~');
        expect(json).to.not.contain(secret);
        expect(json.length).to.be.below(300);
        expect(rightOf(decodeJsonWith(Health)(json))).to.deep.equal(health);
      }),
    ));

  it('is read as it was written when it has ended', () => {
    for (const state of ['stopped', 'offline'] as const) {
      const json = JSON.stringify(Health.encode(endedHealth(state)));
      expect(json).to.equal(`{"format":1,"state":"${state}"}`);
      expect(rightOf(decodeJsonWith(Health)(json))).to.deep.equal(endedHealth(state));
    }
  });

  const before = healthOf(snapshotAfter([]), at);
  const matters: readonly (readonly [string, Partial<typeof before>, boolean])[] = [
    ['time', { at: 'later' }, false],
    ['traffic', { notified: 9 }, false],
    ['a dead letter', { dead_letters: 1 }, true],
    ['cvmain', { cvmain: 'away' }, true],
    ['a registration', { apps: 5 }, true],
    ['a reconnect', { reconnects: 1 }, true],
    ['the clock', { clock_synchronised: false }, true],
    ['the first message that is held', { held: 1 }, true],
    ['the first message in the spool', { spooled: 1 }, true],
  ];
  for (const [what, change, does] of matters)
    it(`${does ? 'changes' : 'does not change'} with ${what}`, () => {
      expect(healthKey({ ...before, ...change }) !== healthKey(before)).to.equal(does);
    });

  it('does not change with how many wait', () => {
    const some = { ...before, held: 1, spooled: 1 };
    expect(healthKey({ ...some, held: 9, spooled: 9 })).to.equal(healthKey(some));
  });
});
