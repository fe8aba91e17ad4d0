import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import { accept } from '../../../../lib/rules/delivery/job.js';
import { newLane } from '../../../../lib/rules/delivery/lane.js';
import type { LaneEffect, LaneEvent } from '../../../../lib/rules/delivery/lane-event.js';
import { mayEnd, step } from '../../../../lib/rules/delivery/step.js';
import type { Target } from '../../../../lib/rules/target.js';
import { newMoment } from '../../../support/lane-moment.js';
import { jobOf } from '../../../support/lanes.js';

const targets: readonly Target[] = [
  { kind: 'notifier' },
  { kind: 'external', bindAddr: '127.0.0.1:0', sendAddr: '127.0.0.1:6001' },
];

/** A lane whose first message is in a call for the first of two targets; `spoolId`: it came from the spool. */
const laneInCall = (spoolId?: number) => {
  const effects: LaneEffect[] = [];
  const moment = newMoment(0, effects);
  moment.decide = () => E.right({ integration: { name: 'int1' }, targets });
  const lane = newLane('int1', 0);
  const happens = (event: LaneEvent): readonly LaneEffect[] => {
    step(lane, event, moment);
    return effects.splice(0);
  };
  const job = jobOf(1, 'int1-a', 0, spoolId);
  happens({ kind: 'arrived', job });
  const [call] = happens({ kind: 'look' });
  if (call?.kind !== 'call') throw new Error('expected a call');
  const stop = () => {
    moment.stopping = true;
    return happens({ kind: 'stop' });
  };
  const accepts = () => happens({ kind: 'answered', call, outcome: { kind: 'accepted' } });
  return { lane, job, moment, happens, stop, accepts };
};

const kinds = (effects: readonly LaneEffect[]) => effects.map(({ kind }) => kind);

describe('a half-delivered message at a stop', () => {
  it('is spooled at once, and the daemon may end after that', () => {
    const { lane, job, happens, stop, accepts } = laneInCall();
    accepts();
    expect(stop()).to.deep.equal([{ kind: 'store', jobs: [job], pinned: job }]);
    expect(mayEnd(lane)).to.equal(false);
    expect(kinds(happens({ kind: 'stored', ids: [7] }))).to.deep.equal(['settle']);
    expect(mayEnd(lane)).to.equal(true);
  });

  it('is spooled as well if its first target accepts it after the stop', () => {
    const { lane, job, stop, accepts } = laneInCall();
    expect(stop()).to.deep.equal([]);
    expect(accepts()).to.deep.include({ kind: 'store', jobs: [job], pinned: job });
    expect(mayEnd(lane)).to.equal(false);
  });

  it('is noted in the spool if it is there, before the stop or after', () => {
    const before = laneInCall(7);
    before.accepts();
    expect(mayEnd(before.lane)).to.equal(false);
    expect(before.stop()).to.deep.equal([{ kind: 'note', id: 7, job: before.job }]);
    expect(mayEnd(before.lane)).to.equal(true);

    const after = laneInCall(7);
    after.stop();
    expect(after.accepts()).to.deep.include({ kind: 'note', id: 7, job: after.job });
  });

  it('is noted once it is spooled, if its first target accepts it during the write', () => {
    const { lane, job, happens, stop, accepts } = laneInCall();
    expect(kinds(happens({ kind: 'must-spool' }))).to.deep.equal(['store']);
    stop();
    accepts();
    expect(mayEnd(lane)).to.equal(false);
    expect(happens({ kind: 'stored', ids: [7] })).to.deep.include({ kind: 'note', id: 7, job });
    expect(mayEnd(lane)).to.equal(true);
  });

  it('is written twice at most, and may still be finished', () => {
    const { lane, job, happens, stop, accepts } = laneInCall();
    accepts();
    stop();
    expect(kinds(happens({ kind: 'store-failed' }))).to.deep.equal(['store']);
    expect(kinds(happens({ kind: 'store-failed' }))).to.deep.equal([]);
    expect(mayEnd(lane)).to.equal(false);
    accept(job, 'external');
    expect(kinds(happens({ kind: 'look' }))).to.deep.equal(['settle']);
    expect(mayEnd(lane)).to.equal(true);
  });
});

describe('a message that no target accepted yet', () => {
  it('stays with the broker at a stop: nothing is written for it', () => {
    const { lane, happens, stop } = laneInCall();
    expect(stop()).to.deep.equal([]);
    expect(mayEnd(lane)).to.equal(true);
    expect(happens({ kind: 'look' })).to.deep.equal([]);
  });
});
