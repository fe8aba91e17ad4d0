import { expect } from 'chai';
import fc from 'fast-check';
import { type Lane, type LaneState, newLane } from '../../../lib/rules/delivery/lane.js';
import {
  newProgress,
  type Progress,
  type Pulse,
  progressAfter,
  stuckAfter,
} from '../../../lib/status/progress.js';
import { jobOf } from '../../support/lanes.js';

const everyMs = 75_000;
const marginMs = 300_000;

const quiet: Pulse = {
  at: 0,
  stopping: false,
  lanes: [],
  cvmainServes: true,
  calls: 0,
  oldest: undefined,
  session: { phase: 'connected', steps: 2 },
  slowestMs: 10_000,
};

const lane = (state: LaneState, more: Partial<Lane> = {}): Lane => ({
  ...newLane('int1', 0),
  front: [jobOf(1, 'int1-open')],
  state,
  ...more,
});

/** What is stuck after an hour of checks; the time is that of the check. */
const stuckIn = (pulseAt: (check: number) => Partial<Pulse>): string | undefined => {
  let progress: Progress = newProgress;
  let found: string | undefined;
  for (let check = 0; check < 48; check += 1) {
    progress = progressAfter(progress, { ...quiet, at: check * everyMs, ...pulseAt(check) });
    found ??= stuckAfter(progress, everyMs, marginMs);
  }
  return found;
};

describe('what is stuck', () => {
  const messages = 'the messages for int1';

  it('is what only the daemon can move, and does not move', () => {
    expect(stuckIn(() => ({ lanes: [lane('for-answer')] }))).to.equal(messages);
    expect(stuckIn(() => ({ lanes: [lane('due')] }))).to.equal(messages);
    expect(stuckIn(() => ({ lanes: [lane('idle')] }))).to.equal(messages);
    expect(stuckIn(() => ({ lanes: [lane('for-slot')] }))).to.equal(messages);
    expect(stuckIn(() => ({ lanes: [lane('for-retry', { wakeAt: 1 })] }))).to.equal(messages);
    expect(stuckIn(() => ({ lanes: [lane('for-disk')] }))).to.equal(messages);
    expect(stuckIn(() => ({ oldest: 7 }))).to.equal('the acknowledgements');
    for (const phase of ['connecting', 'waiting', 'ending', 'handing-over', 'draining'] as const)
      expect(
        stuckIn(() => ({ session: { phase, steps: 3 } })),
        phase,
      ).to.equal("the broker's session");
  });

  it('is not what waits for others, for however long', () => {
    const [held, unset] = [lane('for-registration'), lane('for-set')];
    expect(stuckIn(() => ({ lanes: [held, unset], oldest: 1 }))).to.equal(undefined);
    expect(stuckIn(() => ({ lanes: [lane('for-slot')], cvmainServes: false, oldest: 1 }))).to.equal(
      undefined,
    );
    for (const phase of ['offline', 'connected', 'stopped'] as const)
      expect(
        stuckIn(() => ({ session: { phase, steps: 3 } })),
        phase,
      ).to.equal(undefined);
    const draining = { phase: 'draining', steps: 3 } as const;
    expect(stuckIn(() => ({ lanes: [held], session: draining }))).to.equal(undefined);
  });

  it('is not an app or a cvmain that fails each call, a broker that refuses each connection, a bad disk', () => {
    const failing = (check: number) => {
      const job = { ...jobOf(1, 'int1-open'), attempts: check };
      return { lanes: [lane(check % 2 === 0 ? 'for-answer' : 'for-retry', { front: [job], wakeAt: 0 })] };
    };
    expect(stuckIn(failing)).to.equal(undefined);
    expect(stuckIn((check) => ({ session: { phase: 'waiting', steps: 2 * check } }))).to.equal(undefined);
    expect(stuckIn((check) => ({ lanes: [lane('for-disk', { readFailures: check })] }))).to.equal(undefined);
  });

  it('is not a lane that waits long for its turn, while calls end', () => {
    expect(stuckIn((check) => ({ lanes: [lane('for-slot')], calls: check }))).to.equal(undefined);
    expect(stuckIn(() => ({ lanes: [lane('for-slot')], calls: 9 }))).to.equal(messages);
  });

  it('is one lane while all the others move', () => {
    const moving = (check: number): Lane => ({
      ...lane('for-answer', { progressAt: check }),
      integration: 'int2',
    });
    const lanes = (check: number) => ({ lanes: [lane('for-answer'), moving(check)], calls: check });
    expect(stuckIn(lanes)).to.equal(messages);
  });

  it('is nothing while the daemon stops, or with a longer deadline', () => {
    expect(stuckIn(() => ({ lanes: [lane('for-answer')], stopping: true }))).to.equal(undefined);
    const deadline = { lanes: [lane('for-answer')], slowestMs: 3_600_000 };
    expect(stuckIn(() => deadline)).to.equal(undefined);
  });

  it('takes checks, not time: after a sleep of days it is found after as many as before', () => {
    const hung = { lanes: [lane('for-answer')] };
    const [first, second] = [0, 1e9].map((at) =>
      progressAfter(progressAfter(newProgress, { ...quiet, ...hung }), { ...quiet, ...hung, at }),
    );
    expect(second).to.deep.equal(first);
  });

  it('is found if and only if one mark stays for as long as it may and the margin', () => {
    const state = fc.constantFrom('due', 'for-answer', 'for-slot', 'for-disk', 'for-set', 'for-registration');
    const step = fc.record({ state, attempts: fc.nat(1) });
    const checks = Math.ceil((quiet.slowestMs + marginMs) / everyMs);
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        let progress: Progress = newProgress;
        let before: (typeof steps)[number] | undefined;
        let unmoved = 0;
        for (const now of steps) {
          const front = [{ ...jobOf(1, 'int1-open'), attempts: now.attempts }];
          progress = progressAfter(progress, { ...quiet, lanes: [lane(now.state, { front })] });
          const isSame = before?.state === now.state && before.attempts === now.attempts;
          unmoved = isSame ? unmoved + 1 : 0;
          const isOthers = now.state === 'for-set' || now.state === 'for-registration';
          const expected = !isOthers && unmoved >= checks;
          expect(stuckAfter(progress, everyMs, marginMs) !== undefined).to.equal(expected);
          before = now;
        }
      }),
    );
  });
});
