import { expect } from 'chai';
import fc from 'fast-check';
import { Fairness } from '../../../../lib/rules/delivery/fairness.js';
import type { Job } from '../../../../lib/rules/delivery/job.js';
import { type Lane, newLane } from '../../../../lib/rules/delivery/lane.js';
import { jobOf } from '../../../support/lanes.js';

/** An account with lanes by name; messages arrive at a time. */
const account = (windowMessages = 64) => {
  const fairness = new Fairness({ patienceMs: 1_000, stallMs: 250, windowMessages });
  const lanes = new Map<string, Lane>();
  const lane = (name: string): Lane => {
    const known = lanes.get(name) ?? newLane(name, 0);
    lanes.set(name, known);
    return known;
  };
  const arrive = (name: string, now = 0): Job => {
    const job = jobOf(1, `${name}-open`, now);
    lane(name).front.push(job);
    fairness.arrived(job, lane(name), now);
    return job;
  };
  const settle = (job: Job, now = 0): void => fairness.settled(job, now);
  const lanesToSpool = (now: number): string[] =>
    [...fairness.lanesToSpool(now)].map(({ integration }) => integration);
  const times = (count: number, name: string): Job[] => Array.from({ length: count }, () => arrive(name));
  return { fairness, lane, arrive, settle, lanesToSpool, times };
};

describe('Fairness: lanes to spool', () => {
  it('are none while all make progress, however slow', () => {
    const test = account();
    for (let n = 0; n < 60; n += 1) test.arrive(`int${n % 10}`);
    for (let n = 0; n < 10; n += 1) test.lane(`int${n}`).progressAt = 900;
    expect(test.lanesToSpool(1_500)).to.deep.equal([]);
  });

  for (const [window, messages] of [
    [1, 1],
    [2, 1],
    [10, 5],
    [20, 10],
    [64, 16],
    [256, 16],
  ] as const)
    it(`are those without progress for patienceMs, from ${messages} messages on in a window of ${window}`, () => {
      const test = account(window);
      test.times(messages - 1, 'int1');
      expect(test.lanesToSpool(1_000)).to.deep.equal([]);
      test.arrive('int1');
      expect(test.lanesToSpool(999)).to.deep.equal([]);
      expect(test.lanesToSpool(1_000)).to.deep.equal(['int1']);
    });

  it('are those without progress for three times that with fewer messages: the broker’s window may be small', () => {
    const test = account(256);
    test.times(10, 'int1');
    expect(test.lanesToSpool(2_999)).to.deep.equal([]);
    expect(test.lanesToSpool(3_000)).to.deep.equal(['int1']);
  });

  it('are those with half of the window that are slow, despite progress', () => {
    const test = account();
    test.times(30, 'int1');
    test.times(20, 'int2');
    for (const name of ['int1', 'int2']) test.lane(name).progressAt = 900;
    expect(test.lanesToSpool(999)).to.deep.equal([]);
    expect(test.lanesToSpool(1_000)).to.deep.equal(['int1']);
  });

  it('are those that hold up settled messages for stallMs', () => {
    const test = account();
    test.arrive('int1');
    for (const job of test.times(15, 'int2')) test.settle(job);
    expect(test.lanesToSpool(249)).to.deep.equal([]);
    expect(test.lanesToSpool(250)).to.deep.equal(['int1']);
  });

  it('are all unregistered ones at once, when one of them holds up settled messages', () => {
    const test = account();
    for (const name of ['int1', 'int3']) {
      test.arrive(name);
      test.lane(name).state = 'for-registration';
    }
    const others = test.times(14, 'int2');
    expect(test.fairness.heldUpBy).to.equal(undefined);
    for (const job of others) test.settle(job);
    expect(test.fairness.heldUpBy?.integration).to.equal('int1');
    expect(test.lanesToSpool(0)).to.deep.equal(['int1', 'int3']);
  });

  it('are only those that were not written yet', () => {
    const test = account();
    test.lane('int1').rest.push(test.arrive('int1'));
    expect(test.lanesToSpool(0)).to.deep.equal(['int1']);
  });

  it('do not include QoS 0 messages, which hold up nothing', () => {
    const test = account(1);
    const job = jobOf(1, { name: 'int1-open', qos: 0 });
    test.fairness.arrived(job, test.lane('int1'), 0);
    expect([test.fairness.unsettled, test.lanesToSpool(10_000)]).to.deep.equal([0, []]);
  });
});

describe('Fairness: messages that a stop would repeat', () => {
  it('are those sent behind a waiting message', () => {
    const test = account();
    test.arrive('int1');
    const [second] = test.times(1, 'int2');
    expect(test.fairness.holdsUpSent(true)).to.equal(false);
    test.lane('int2').state = 'for-answer';
    expect(test.fairness.holdsUpSent(true)).to.equal(true);
    test.lane('int2').state = 'idle';
    if (second !== undefined) test.settle(second);
    expect(test.fairness.holdsUpSent(true)).to.equal(true);
  });

  it('exclude those behind a call that is finished first', () => {
    const test = account();
    test.arrive('int1');
    test.lane('int1').state = 'for-answer';
    test.settle(test.arrive('int2'));
    expect([test.fairness.holdsUpSent(true), test.fairness.holdsUpSent(false)]).to.deep.equal([false, true]);
  });

  it('are those that only some targets have accepted', () => {
    const test = account();
    const job = jobOf(1, { name: 'int1-open', accepted: ['notifier'] });
    test.fairness.arrived(job, test.lane('int1'), 0);
    expect(test.fairness.holdsUpSent(true)).to.equal(true);
  });
});

describe('Fairness: the account', () => {
  it('is right for any order of arrivals and settlements', () => {
    const event = fc.record({
      name: fc.constantFrom('int1', 'int2', 'int3'),
      settles: fc.option(fc.nat(20)),
    });
    fc.assert(
      fc.property(fc.array(event, { maxLength: 80, size: 'max' }), (events) => {
        const test = account();
        const left: { readonly name: string; readonly job: Job }[] = [];
        for (const { name, settles } of events) {
          left.push({ name, job: test.arrive(name) });
          const [over] = settles === null ? [] : left.splice(settles % left.length, 1);
          if (over !== undefined) {
            test.settle(over.job);
            test.settle(over.job);
          }
          expect(test.fairness.unsettled).to.equal(left.length);
          for (const each of ['int1', 'int2', 'int3'])
            expect(test.lane(each).unacknowledged).to.equal(left.filter((one) => one.name === each).length);
          expect(test.lanesToSpool(10_000)).to.have.members([...new Set(left.map((one) => one.name))]);
        }
      }),
    );
  });
});
