import { expect } from 'chai';
import { AckWindow, type Received } from '../../../../lib/mqtt/session/ack-window.js';
import { publishOf } from '../../../support/shorthand.js';

/** A publish of QoS 1 that came in. */
const received = (seq: number, packetId: number, text = `message ${seq}`): Received => ({
  packetId,
  publish: publishOf(seq, { text }),
});

/** The copy that the broker sends on a later connection, with a new sequence number. */
const again = ({ packetId, publish }: Received, seq: number): Received => ({
  packetId,
  publish: { ...publish, seq, dup: true },
});

/** The packet ids that are due. */
const released = (ackWindow: AckWindow): readonly number[] =>
  ackWindow.release().map(({ packetId }) => packetId);

const windowOf = (...all: readonly Received[]): AckWindow => {
  const ackWindow = new AckWindow();
  ackWindow.connected('session', true);
  for (const each of all) ackWindow.receive(each, 0);
  return ackWindow;
};

const reconnected = (ackWindow: AckWindow, sessionPresent: boolean): AckWindow => {
  ackWindow.disconnected(0);
  ackWindow.connected('session', sessionPresent);
  return ackWindow;
};

describe('AckWindow', () => {
  const [a, b, c] = [received(1, 11), received(2, 12), received(3, 13)];

  describe('acknowledgements leave in the order of receipt [MQTT-4.6.0-2]', () => {
    it('holds settled publishes back until all before them are settled', () => {
      const ackWindow = windowOf(a, b, c);
      ackWindow.settle(3);
      ackWindow.settle(2);
      expect(released(ackWindow)).to.deep.equal([]);
      ackWindow.settle(1);
      expect(released(ackWindow)).to.deep.equal([11, 12, 13]);
    });

    it('releases each once', () => {
      const ackWindow = windowOf(a, b);
      ackWindow.settle(1);
      expect(released(ackWindow)).to.deep.equal([11]);
      ackWindow.settle(1);
      expect(released(ackWindow)).to.deep.equal([]);
    });

    it('ignores settlements of unknown publishes', () => {
      const ackWindow = windowOf(a);
      ackWindow.settle(99);
      expect(released(ackWindow)).to.deep.equal([]);
      expect(ackWindow.unsettled).to.equal(1);
    });
  });

  describe('the next connection', () => {
    it('acknowledges nothing of the previous one', () => {
      const ackWindow = reconnected(windowOf(a, b), true);
      ackWindow.settle(1);
      ackWindow.settle(2);
      expect(released(ackWindow)).to.deep.equal([]);
      expect(ackWindow.size).to.equal(0);
    });

    it('recognises copies, and acknowledges them when the original is settled', () => {
      const ackWindow = reconnected(windowOf(a), true);
      expect(ackWindow.receive(again(a, 4), 0)).to.equal(false);
      ackWindow.settle(1);
      expect(released(ackWindow)).to.deep.equal([11]);
    });

    it('acknowledges at once a copy of a publish settled while disconnected', () => {
      const ackWindow = windowOf(a);
      ackWindow.disconnected(0);
      ackWindow.settle(1);
      ackWindow.connected('session', true);
      expect(ackWindow.receive(again(a, 4), 0)).to.equal(false);
      expect(released(ackWindow)).to.deep.equal([11]);
    });

    it('acknowledges in the order of the new connection', () => {
      const ackWindow = reconnected(windowOf(a, b), true);
      ackWindow.receive(again(b, 4), 0);
      ackWindow.receive(again(a, 5), 0);
      ackWindow.settle(1);
      expect(released(ackWindow)).to.deep.equal([]);
      ackWindow.settle(2);
      expect(released(ackWindow)).to.deep.equal([12, 11]);
    });

    it('recognises it on all later connections', () => {
      const ackWindow = reconnected(windowOf(a), true);
      ackWindow.receive(again(a, 4), 0);
      reconnected(ackWindow, true);
      expect(ackWindow.receive(again(a, 5), 0)).to.equal(false);
    });
  });

  describe('a packet id reused for another message', () => {
    it('is new when the broker has lost the session', () => {
      const ackWindow = reconnected(windowOf(a), false);
      expect(ackWindow.receive(again(a, 4), 0)).to.equal(true);
    });

    it('is new when it is not marked as a duplicate', () => {
      const ackWindow = reconnected(windowOf(a), true);
      expect(ackWindow.receive(received(4, 11, 'message 1'), 0)).to.equal(true);
    });

    it('is new when its content differs', () => {
      const ackWindow = reconnected(windowOf(a), true);
      expect(ackWindow.receive(again(received(4, 11, 'other'), 4), 0)).to.equal(true);
      const { publish } = a;
      reconnected(ackWindow, true);
      const elsewhere = { packetId: 11, publish: { ...publish, seq: 5, dup: true, topic: 'elsewhere' } };
      expect(ackWindow.receive(elsewhere, 0)).to.equal(true);
    });

    it('waits for its own settlement', () => {
      const ackWindow = reconnected(windowOf(a), false);
      ackWindow.receive(received(4, 11), 0);
      ackWindow.settle(1);
      expect(released(ackWindow)).to.deep.equal([]);
      ackWindow.settle(4);
      expect(released(ackWindow)).to.deep.equal([11]);
    });
  });

  describe('after unsettled publishes were given up', () => {
    it('takes their copies as new, and recognises settled ones', () => {
      const ackWindow = windowOf(a, b);
      ackWindow.settle(2);
      ackWindow.disconnected(0);
      ackWindow.forgetUnsettled();
      expect(ackWindow.unsettled).to.equal(0);
      ackWindow.connected('session', true);
      expect(ackWindow.receive(again(a, 4), 0)).to.equal(true);
      expect(ackWindow.receive(again(b, 5), 0)).to.equal(false);
      ackWindow.settle(4);
      expect(released(ackWindow)).to.deep.equal([11, 12]);
    });

    it('ignores a later settlement', () => {
      const ackWindow = windowOf(a);
      ackWindow.disconnected(0);
      ackWindow.forgetUnsettled();
      ackWindow.connected('session', true);
      ackWindow.receive(again(a, 4), 0);
      ackWindow.settle(1);
      expect(released(ackWindow)).to.deep.equal([]);
    });
  });

  describe('on the same connection', () => {
    it('recognises every copy of an unacknowledged publish: one acknowledgement', () => {
      const ackWindow = windowOf(a, b);
      expect(ackWindow.receive(again(a, 4), 30_000)).to.equal(false);
      ackWindow.settle(1);
      ackWindow.settle(2);
      expect(ackWindow.receive(again(a, 5), 60_000)).to.equal(false);
      expect(released(ackWindow)).to.deep.equal([11, 12]);
    });

    describe('once it is acknowledged', () => {
      const acknowledged = (ackWindow = windowOf(a)): AckWindow => {
        ackWindow.settle(1);
        expect(ackWindow.release()).to.have.length(1);
        return ackWindow;
      };

      it('recognises a copy that crossed the acknowledgement, and does not acknowledge it', () => {
        const ackWindow = acknowledged();
        expect(ackWindow.receive(again(a, 4), 0)).to.equal(false);
        expect(ackWindow.receive(again(a, 5), 300_000), 'after a full window').to.equal(false);
        expect([released(ackWindow), ackWindow.size]).to.deep.equal([[], 0]);
      });

      it('recognises a copy of a large one', () => {
        const large = received(1, 11, 'x'.repeat(5_000));
        const ackWindow = acknowledged(windowOf(large));
        expect(ackWindow.receive(again(large, 4), 0)).to.equal(false);
        expect(ackWindow.receive(again(received(1, 11, 'y'.repeat(5_000)), 5), 0)).to.equal(true);
      });

      it('recognises copies of the last 1,024 publishes', () => {
        const ackWindow = acknowledged();
        for (let seq = 2; seq <= 1_024; seq += 1) {
          ackWindow.receive(received(seq, 10 + seq, `message ${seq}`), 0);
          ackWindow.settle(seq);
        }
        expect(ackWindow.release()).to.have.length(1_023);
        expect(ackWindow.receive(again(a, 2_000), 0)).to.equal(false);
        ackWindow.receive(received(2_001, 5_000, 'one more'), 0);
        ackWindow.settle(2_001);
        ackWindow.release();
        expect(ackWindow.receive(again(a, 2_002), 0)).to.equal(true);
      });

      it('takes it as new if it can’t be a copy: the broker sends an equal message', () => {
        expect(acknowledged().receive(received(4, 11, 'message 1'), 501), 'not a duplicate').to.equal(true);
        expect(acknowledged().receive(again(received(1, 11, 'other'), 4), 501)).to.equal(true);
        expect(reconnected(acknowledged(), true).receive(again(a, 4), 501), 'reconnected').to.equal(true);
      });

      it('takes the next copy as one of the message that has the id by then', () => {
        const ackWindow = acknowledged();
        ackWindow.receive(received(4, 11, 'other'), 600);
        ackWindow.settle(4);
        expect(ackWindow.release()).to.have.length(1);
        expect(ackWindow.receive(again(a, 5), 800)).to.equal(true);
      });

      it('recognises a copy even if the first receipt had the DUP flag', () => {
        const ackWindow = windowOf();
        ackWindow.receive(again(a, 1), 0);
        expect(acknowledged(ackWindow).receive(again(a, 4), 600)).to.equal(false);
      });
    });

    it('takes an equal message under another id as new', () => {
      const ackWindow = windowOf(a);
      expect(ackWindow.receive(again({ ...a, packetId: 12 }, 4), 0)).to.equal(true);
    });

    it('does not acknowledge the older message under an id that the broker has reused', () => {
      const ackWindow = windowOf(a, b);
      expect(ackWindow.receive(received(4, 11, 'another'), 0)).to.equal(true);
      ackWindow.settle(1);
      ackWindow.settle(2);
      expect(released(ackWindow), 'not 11, which is unsettled').to.deep.equal([12]);
      ackWindow.settle(4);
      expect(released(ackWindow)).to.deep.equal([11]);
    });
  });

  describe('with a broker that numbers from 1 on each connection', () => {
    const [first, second] = [received(1, 7, 'open'), received(2, 8, 'close')];

    it('recognises by content', () => {
      const ackWindow = reconnected(windowOf(first, second), true);
      expect(ackWindow.receive(again({ ...first, packetId: 1 }, 4), 0)).to.equal(false);
      expect(ackWindow.receive(again({ ...second, packetId: 2 }, 5), 0)).to.equal(false);
      ackWindow.settle(1);
      ackWindow.settle(2);
      expect(released(ackWindow)).to.deep.equal([1, 2]);
    });

    it('recognises each entry once: another equal command is new', () => {
      const ackWindow = reconnected(windowOf(first), true);
      expect(ackWindow.receive(again({ ...first, packetId: 1 }, 4), 0)).to.equal(false);
      expect(ackWindow.receive(again({ ...first, packetId: 2 }, 5), 0)).to.equal(true);
    });

    it('does not guess once the ids are not 1, 2, 3, …', () => {
      const ackWindow = reconnected(windowOf(first), true);
      expect(ackWindow.receive(again({ ...first, packetId: 5 }, 4), 0)).to.equal(true);
    });

    it('recognises copies that come after new messages', () => {
      const ackWindow = reconnected(windowOf(received(1, 1, 'open')), true);
      expect(ackWindow.receive(received(4, 1, 'new'), 0)).to.equal(true);
      expect(ackWindow.receive(again(received(1, 2, 'open'), 5), 0)).to.equal(false);
    });

    it('acknowledges one of two equal messages once both are settled, as it can be either', () => {
      const ackWindow = reconnected(windowOf(received(1, 1, 'open'), received(2, 2, 'open')), true);
      ackWindow.receive(again(received(0, 1, 'open'), 4), 0);
      ackWindow.settle(1);
      expect(released(ackWindow)).to.deep.equal([]);
      ackWindow.settle(2);
      expect(released(ackWindow)).to.deep.equal([1]);
    });
  });

  describe('with MQTT 5 lifetimes', () => {
    const living = (seq: number, packetId: number, seconds: number): Received => {
      const { publish } = received(seq, packetId, 'open');
      return { packetId, publish: { ...publish, expiresInMs: seconds * 1_000 } };
    };
    const atAge = (ms: number, ...all: readonly Received[]): AckWindow => {
      const ackWindow = windowOf(...all);
      ackWindow.disconnected(ms);
      ackWindow.connected('session', true);
      return ackWindow;
    };

    it('recognises a message by the rest of its lifetime', () => {
      const ackWindow = atAge(20_000, living(1, 1, 60), living(2, 2, 100));
      expect(ackWindow.receive(again(living(2, 1, 80), 4), 20_000)).to.equal(false);
      ackWindow.settle(2);
      expect(released(ackWindow), 'it is the second one').to.deep.equal([1]);
    });

    it('takes an equal command as new if the first one has expired in the meantime', () => {
      const ackWindow = atAge(20_000, living(1, 1, 10));
      expect(ackWindow.receive(again(living(2, 1, 55), 4), 20_000)).to.equal(true);
    });

    it('distinguishes a message with a lifetime from one without', () => {
      const ackWindow = atAge(0, received(1, 1, 'open'));
      expect(ackWindow.receive(again(living(2, 1, 60), 4), 0)).to.equal(true);
    });

    it('tolerates whole seconds and slow connections', () => {
      for (const left of [30, 41, 42]) {
        expect(atAge(20_000, living(1, 1, 60)).receive(again(living(1, 1, left), 4), 20_000)).to.equal(false);
      }
      for (const left of [9, 43]) {
        expect(atAge(20_000, living(1, 1, 60)).receive(again(living(1, 1, left), 4), 20_000)).to.equal(true);
      }
    });
  });

  describe('a message that does not come again', () => {
    const lasting = (ms: number): AckWindow => {
      const ackWindow = reconnected(windowOf(a), true);
      ackWindow.receive(received(4, 14), 1_000);
      ackWindow.disconnected(1_000 + ms);
      ackWindow.connected('session', true);
      return ackWindow;
    };

    it('is still known on the connection after the next', () => {
      expect(lasting(59_999).receive(again(a, 5), 61_000)).to.equal(false);
    });

    it('is forgotten if it did not come within a minute after the first new message', () => {
      expect(lasting(60_000).receive(again(a, 5), 61_000)).to.equal(true);
    });

    it('is still known after attempts that failed, however long ago its connection was', () => {
      const ackWindow = windowOf(a);
      for (const at of [70_000, 140_000]) ackWindow.disconnected(at);
      ackWindow.connected('session', true);
      expect(ackWindow.receive(again(a, 4), 140_000)).to.equal(false);
    });

    it('is forgotten if its id is given to a new message and ids outlast a connection', () => {
      const ackWindow = reconnected(windowOf(a), true);
      ackWindow.receive(received(4, 11, 'another'), 0);
      reconnected(ackWindow, true);
      expect(ackWindow.receive(again(a, 5), 0)).to.equal(true);
    });

    it('is forgotten beyond 1,024 messages, the oldest first', () => {
      const ackWindow = windowOf();
      for (let n = 1; n <= 1_025; n += 1) ackWindow.receive(received(n, n), 0);
      reconnected(ackWindow, true);
      expect(ackWindow.receive(again(received(1, 1), 2_000), 0)).to.equal(true);
      expect(ackWindow.receive(again(received(2, 2), 2_001), 0)).to.equal(false);
    });
  });

  describe('in several sessions', () => {
    it('recognises no message of another broker', () => {
      const ackWindow = windowOf(a);
      ackWindow.disconnected(0);
      ackWindow.connected('another session', true);
      expect(ackWindow.receive(again(a, 4), 0)).to.equal(true);
    });

    it('recognises it after the return', () => {
      const ackWindow = windowOf(a);
      for (const session of ['another session', 'session']) {
        ackWindow.disconnected(0);
        ackWindow.connected(session, true);
      }
      expect(ackWindow.receive(again(a, 4), 0)).to.equal(false);
      ackWindow.settle(1);
      expect(released(ackWindow)).to.deep.equal([11]);
    });

    it('remembers four of them', () => {
      const ackWindow = windowOf(a);
      for (const session of ['second', 'third', 'fourth', 'fifth', 'session']) {
        ackWindow.disconnected(0);
        ackWindow.connected(session, true);
      }
      expect(ackWindow.receive(again(a, 4), 0)).to.equal(true);
    });
  });

  describe('QoS 2', () => {
    const exact = (each: Received): Received => ({ ...each, publish: { ...each.publish, qos: 2 } });

    it('is acknowledged in the same order, by its own packet', () => {
      const ackWindow = windowOf(a, exact(b), c);
      for (const seq of [1, 2, 3]) ackWindow.settle(seq);
      expect(ackWindow.release().map(({ qos }) => qos)).to.deep.equal([1, 2, 1]);
    });

    it('is not taken again until PUBREL has come [MQTT-4.3.3-10]', () => {
      const ackWindow = windowOf(exact(a));
      ackWindow.settle(1);
      released(ackWindow);
      reconnected(ackWindow, true);
      expect(ackWindow.receive(again(exact(a), 4), 0)).to.equal(false);
      expect(released(ackWindow), 'PUBREC again').to.deep.equal([11]);
      ackWindow.completed(11);
      expect(ackWindow.receive(again(exact(a), 5), 0)).to.equal(true);
    });

    it('is another message under the same id if its content differs', () => {
      const ackWindow = windowOf(exact(a));
      ackWindow.settle(1);
      released(ackWindow);
      reconnected(ackWindow, true);
      expect(ackWindow.receive(again(exact(received(2, 11, 'another')), 4), 0)).to.equal(true);
    });
  });

  describe('a copy under its own packet id', () => {
    it('is acknowledged when the original is settled', () => {
      const ackWindow = windowOf(a);
      ackWindow.receive({ ...a, packetId: 20 }, 0, 1);
      expect(released(ackWindow)).to.deep.equal([]);
      ackWindow.settle(1);
      expect(released(ackWindow)).to.deep.equal([11, 20]);
      expect(ackWindow.unsettled).to.equal(0);
    });

    it('is acknowledged at once if the original is settled', () => {
      const ackWindow = windowOf();
      ackWindow.receive({ ...a, packetId: 20 }, 0, 0);
      expect(released(ackWindow)).to.deep.equal([20]);
    });
  });

  it('counts messages and the bytes of their payloads', () => {
    const ackWindow = windowOf(received(1, 11, 'four'), received(2, 12, 'fifteen letters'));
    expect([ackWindow.size, ackWindow.bytes, ackWindow.unsettled]).to.deep.equal([2, 19, 2]);
    ackWindow.settle(1);
    expect([ackWindow.size, ackWindow.bytes, ackWindow.unsettled]).to.deep.equal([2, 19, 1]);
    released(ackWindow);
    expect([ackWindow.size, ackWindow.bytes, ackWindow.unsettled]).to.deep.equal([1, 15, 1]);
    ackWindow.disconnected(0);
    expect([ackWindow.size, ackWindow.bytes, ackWindow.unsettled]).to.deep.equal([0, 0, 1]);
  });
});
