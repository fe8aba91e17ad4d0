import { expect } from 'chai';
import type { DevEvent } from '../../../../bin/dev/event.js';
import { hit, sceneOf } from '../../../../bin/dev/page/live/scene.js';
import { storeOf } from '../../../../bin/dev/page/live/store.js';
import { marks } from '../../../../lib/report/marks.js';
import { made } from './events.js';

const results = marks.map(({ result }) => result);
/** A pixel is 10 ms. */
const frame = { from: 0, to: 10_000, left: 0, right: 1_000 };

const sceneAfter = (...events: readonly DevEvent[]) => {
  const store = storeOf();
  for (const event of events) store.take(event);
  return sceneOf(store, frame, results);
};

describe('live page, scene', () => {
  it('has lanes for arrivals, the live set, each app by name, and each reason that occurred', () => {
    const rows = sceneAfter(
      made.registered(0, 'b'),
      made.received(0, 1, 'a-x'),
      made.rejected(10, 1),
      made.received(20, 2, 'reboot'),
    );
    expect(rows.map(({ lane }) => lane.label)).to.deep.equal(['arrivals', 'live set', 'a', 'b', 'expired']);
  });

  it('draws arrival, waiting time and end, where they belong', () => {
    const [arrivals, , app, expired] = sceneAfter(
      made.received(1_000, 1),
      made.rejected(3_000, 1),
      made.received(4_000, 2),
    );
    expect(arrivals?.spots.map(({ x }) => x)).to.deep.equal([100, 400]);
    expect(app?.spots).to.deep.equal([]);
    expect(app?.bands.get('expired')).to.deep.equal([{ x: 100, wide: 200 }]);
    expect(app?.bands.get('not settled'), 'grows until now').to.deep.equal([{ x: 400, wide: 600 }]);
    expect(expired?.spots.map(({ x, result }) => [x, result])).to.deep.equal([[300, 'expired']]);
  });

  it('draws when an app was registered, and the changes', () => {
    const [, set, app] = sceneAfter(
      made.registered(1_000, 'a'),
      made.unregistered(2_000, 'a'),
      made.registered(9_000, 'a'),
    );
    expect(set?.changes.map(({ label }) => label)).to.deep.equal(['+a', '−a', '+a']);
    expect(app?.lines).to.deep.equal([
      { from: 100, to: 200 },
      { from: 900, to: 1_000 },
    ]);
  });

  it('draws at most as much as fits, however many messages and apps there are', () => {
    const messages = Array.from({ length: 6_000 }, (_, id) => [
      made.received(id, id, `app${id % 40}-x`),
      made.notified(id + 5, id, `app${id % 40}-x`),
    ]);
    const rows = sceneAfter(...messages.flat());
    expect(rows.map(({ lane }) => lane.label))
      .to.have.length(15)
      .and.to.include('28 more');
    for (const { spots } of rows) expect(spots.length).to.be.at.most(700);
  });

  it('finds the message of a mark', () => {
    const rows = sceneAfter(made.received(1_000, 1), made.notified(1_500, 1), made.received(1_100, 2));
    const y = rows[0]?.y ?? 0;
    expect(hit(rows, 101, y)).to.equal(1);
    expect(hit(rows, 109, y)).to.equal(2);
    expect(hit(rows, 200, y)).to.equal(undefined);
    expect(hit(rows, 101, 5_000)).to.equal(undefined);
  });
});
