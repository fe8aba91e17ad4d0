import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import { newLane } from '../../../../lib/rules/delivery/lane.js';
import type { LaneEffect, LaneEvent } from '../../../../lib/rules/delivery/lane-event.js';
import { step } from '../../../../lib/rules/delivery/step.js';
import { newMoment } from '../../../support/lane-moment.js';
import { jobOf } from '../../../support/lanes.js';
import { ending } from '../../../support/shorthand.js';

describe('the hold of a lane', () => {
  it('begins anew when its integration was registered while the lane waited for the disk', () => {
    const lane = newLane('int1', 0);
    const effects: LaneEffect[] = [];
    const well = newMoment(0, effects);
    const moment = { ...well, rules: { ...well.rules, holdUnregisteredMs: 1_000 } };
    const at = (now: number, event: LaneEvent): void => {
      moment.now = now;
      step(lane, event, moment);
      while (lane.state === 'due') step(lane, { kind: 'look' }, moment);
    };
    const register = (now: number, isRegistered: boolean): void => {
      moment.decide = ({ integration: name }) =>
        isRegistered
          ? E.right({ integration: { name }, targets: [{ kind: 'notifier' }] })
          : E.left({ reason: 'unregistered', detail: '' });
      at(now, { kind: 'set-changed' });
    };
    const read = (now: number, id: number): void => {
      const { deliverable } = jobOf(-id, { name: `int1-${id}`, arrivedAt: 0 });
      at(now, { kind: 'taken', found: [{ id, decoded: deliverable }], more: true });
    };
    const ended = (): readonly string[] =>
      effects.flatMap((each) => (each.kind === 'settle' ? [ending(each.settlement)] : []));
    register(0, false);
    at(0, { kind: 'found-on-disk' });
    read(0, 1);
    at(1_000, { kind: 'time' });
    expect(ended()).to.deep.equal(['unregistered']);
    expect(lane.state).to.equal('for-disk');
    register(1_500, true);
    register(1_600, false);
    read(1_700, 2);
    expect(ended()).to.deep.equal(['unregistered']);
    at(2_700, { kind: 'time' });
    expect(ended()).to.deep.equal(['unregistered', 'unregistered']);
  });
});
