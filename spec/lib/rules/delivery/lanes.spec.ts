import { assert, expect } from 'chai';
import type { Lane } from '../../../../lib/rules/delivery/lane.js';
import type { LaneEvent } from '../../../../lib/rules/delivery/lane-event.js';
import { Lanes } from '../../../../lib/rules/delivery/lanes.js';
import { newMoment } from '../../../support/lane-moment.js';
import { jobOf } from '../../../support/lanes.js';

describe('Lanes', () => {
  const rejectsAll = () => {
    const lanes = new Lanes();
    const moment = newMoment(0, []);
    const step = (lane: Lane, event: LaneEvent): void => lanes.step(lane, event, moment);
    moment.decide = () => ({ _tag: 'Left', left: { reason: 'refused', detail: '' } });
    return {
      lanes,
      moment,
      arrive: (name: string): Lane => {
        const lane = lanes.of(name, moment.now);
        step(lane, { kind: 'arrived', job: jobOf(1, `${name}-a`) });
        return lane;
      },
      end: (lane: Lane): void => step(lane, { kind: 'look' }),
      step,
    };
  };

  it('knows which lanes have messages', () => {
    const { lanes, arrive, end, step } = rejectsAll();
    const [one, other] = [arrive('int1'), arrive('int2')];
    expect(lanes.busy).to.deep.equal([one, other]);
    end(one);
    // A late timer.
    for (const kind of ['time', 'look'] as const) step(one, { kind });
    expect([lanes.busy, lanes.rest]).to.deep.equal([[other], false]);
    end(other);
    expect([lanes.busy, lanes.rest]).to.deep.equal([[], true]);
  });

  it('keeps a lane with messages, and resets an empty one', () => {
    const { lanes, moment, arrive, end } = rejectsAll();
    const lane = arrive('int1');
    moment.now = 5;
    expect([lanes.of('int1', 5) === lane, lane.progressAt]).to.deep.equal([true, 0]);
    end(lane);
    moment.now = 7;
    expect([lanes.of('int1', 7) === lane, lane.progressAt]).to.deep.equal([true, 7]);
  });

  it('does not grow with the number of names seen, and forgets no lane with messages', () => {
    const { lanes, arrive, end } = rejectsAll();
    const waiting = Array.from({ length: 100 }, (_, n) => arrive(`waits${n}`));
    for (let n = 0; n < 10_000; n += 1) end(arrive(`passes${n}`));
    expect(lanes.busy).to.deep.equal(waiting);
    assert.isBelow(lanes.size, 500);
  });
});
