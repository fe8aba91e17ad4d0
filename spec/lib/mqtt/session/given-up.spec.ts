import { expect } from 'chai';
import { AckWindow, type Received } from '../../../../lib/mqtt/session/ack-window.js';
import { publishOf } from '../../../support/shorthand.js';

/** A publish with this text, under this packet id, received at this moment. */
const received = (packetId: number, seq: number, text: string, arrivedAt: number, dup = false): Received => ({
  packetId,
  publish: { ...publishOf(seq, { text, dup, receivedAt: arrivedAt }), arrivedAt },
});

const receive = (window: AckWindow, each: Received): boolean =>
  window.receive(each, each.publish.arrivedAt ?? 0);

/** The daemon applies a changed configuration, and connects again. */
const reload = (window: AckWindow, now: number, sessionPresent = true): AckWindow => {
  window.disconnected(now);
  window.forgetUnsettled();
  window.connected('session', sessionPresent);
  return window;
};

/** A window that received these, settled the ones with these numbers, and was given up. */
const givenUp = (all: readonly Received[], ...settled: readonly number[]): AckWindow => {
  const window = new AckWindow();
  window.connected('session', true);
  for (const each of all) receive(window, each);
  for (const seq of settled) window.settle(seq);
  return reload(window, 1_000);
};

/** When a repeated publish was received first, or `known` if it is not delivered again. */
const arrival = (window: AckWindow, again: Received): number | 'known' | undefined =>
  receive(window, again) ? window.unsettledPublish(again.publish.seq)?.arrivedAt : 'known';

describe('a publish that was given up unsettled, and comes again', () => {
  it('is new, with the time of its first receipt', () => {
    const window = givenUp([received(11, 1, 'a', 100), received(12, 2, 'b', 200)]);
    expect(arrival(window, received(11, 3, 'a', 5_000, true))).to.equal(100);
    expect(window.unsettledPublish(3)).to.include({ seq: 3, dup: true, receivedAt: 100 });
    expect(arrival(window, received(12, 4, 'b', 5_000, true))).to.equal(200);
    expect(window.unsettled).to.equal(2);
    window.settle(3);
    window.settle(4);
    expect(window.release().map(({ packetId }) => packetId)).to.deep.equal([11, 12]);
  });

  it('keeps that time however often it is given up, even over connections on which it does not come', () => {
    const window = givenUp([received(11, 1, 'a', 100)]);
    receive(window, received(11, 2, 'a', 5_000, true));
    reload(window, 6_000);
    reload(window, 7_000);
    expect(arrival(window, received(11, 3, 'a', 9_000, true))).to.equal(100);
  });

  it('is known if a copy crosses its acknowledgement: its lifetime does not restart', () => {
    const window = givenUp([received(11, 1, 'a', 100)]);
    receive(window, received(11, 2, 'a', 5_000, true));
    window.settle(2);
    expect(window.release()).to.have.length(1);
    expect(arrival(window, received(11, 3, 'a', 10_001, true))).to.equal('known');
    expect(window.size).to.equal(0);
  });

  it('keeps the expiry of its first receipt', () => {
    const first = received(11, 1, 'a', 100);
    const window = givenUp([{ ...first, publish: { ...first.publish, expiresInMs: 60_000 } }]);
    const again = received(11, 2, 'a', 5_000, true);
    receive(window, { ...again, publish: { ...again.publish, expiresInMs: 55_000 } });
    expect(window.unsettledPublish(2)).to.include({ arrivedAt: 100, expiresInMs: 60_000 });
  });

  it('is matched among equal ones, each once', () => {
    const equal = [received(11, 1, 'a', 100), received(12, 2, 'a', 200)];
    const byId = givenUp(equal);
    expect(arrival(byId, received(12, 3, 'a', 5_000, true))).to.equal(200);
    expect(arrival(byId, received(11, 4, 'a', 5_000, true))).to.equal(100);
    const renumbered = givenUp(equal);
    const times = [1, 2, 3].map((id) => arrival(renumbered, received(id, 2 + id, 'a', 5_000, true)));
    expect(times).to.have.members([100, 200, 5_000]);
  });

  it('is not mistaken for an equal one that was settled', () => {
    const window = givenUp([received(11, 1, 'a', 100), received(12, 2, 'a', 200)], 1);
    expect(arrival(window, received(11, 3, 'a', 5_000, true))).to.equal('known');
    expect(arrival(window, received(12, 4, 'a', 5_000, true))).to.equal(200);
  });
});

describe('a publish that was not given up', () => {
  it('is received now: with another content, without the DUP flag, or in a new session', () => {
    const one = [received(11, 1, 'a', 100)];
    expect(arrival(givenUp(one), received(11, 2, 'b', 5_000, true))).to.equal(5_000);
    expect(arrival(givenUp(one), received(11, 2, 'a', 5_000))).to.equal(5_000);
    const lost = reload(givenUp(one), 2_000, false);
    expect(arrival(lost, received(11, 2, 'a', 5_000, true))).to.equal(5_000);
  });
});
