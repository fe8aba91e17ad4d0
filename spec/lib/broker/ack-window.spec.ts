import { expect } from 'chai';
import { AckWindow, type Received } from '../../../lib/broker/ack-window.js';
import { publishOf } from '../../support/shorthand.js';

/** A publish of QoS 1 that came in. */
const received = (seq: number, packetId: number, text = `message ${seq}`): Received => ({
  packetId,
  publish: publishOf(seq, { text }),
});

/** As the broker sends it again on a later connection: by then it has a new sequence number. */
const again = ({ packetId, publish }: Received, seq: number): Received => ({
  packetId,
  publish: { ...publish, seq, dup: true },
});

const windowOf = (...all: readonly Received[]): AckWindow => {
  const ackWindow = new AckWindow();
  for (const each of all) ackWindow.receive(each);
  return ackWindow;
};

const reconnected = (ackWindow: AckWindow, sessionPresent: boolean): AckWindow => {
  ackWindow.disconnected();
  ackWindow.connected(sessionPresent);
  return ackWindow;
};

describe('AckWindow', () => {
  const [a, b, c] = [received(1, 11), received(2, 12), received(3, 13)];

  describe('acknowledgements leave in the order of receipt [MQTT-4.6.0-2]', () => {
    it('holds back what is settled until all before it is', () => {
      const ackWindow = windowOf(a, b, c);
      ackWindow.settle(3);
      ackWindow.settle(2);
      expect(ackWindow.release()).to.deep.equal([]);
      ackWindow.settle(1);
      expect(ackWindow.release()).to.deep.equal([11, 12, 13]);
    });

    it('releases each once', () => {
      const ackWindow = windowOf(a, b);
      ackWindow.settle(1);
      expect(ackWindow.release()).to.deep.equal([11]);
      ackWindow.settle(1);
      expect(ackWindow.release()).to.deep.equal([]);
    });

    it('is told of settlements that are none of this session', () => {
      const ackWindow = windowOf(a);
      ackWindow.settle(99);
      expect(ackWindow.release()).to.deep.equal([]);
      expect(ackWindow.unsettled).to.equal(1);
    });
  });

  describe('the next connection', () => {
    it('acknowledges nothing of the one before', () => {
      const ackWindow = reconnected(windowOf(a, b), true);
      ackWindow.settle(1);
      ackWindow.settle(2);
      expect(ackWindow.release()).to.deep.equal([]);
      expect(ackWindow.size).to.equal(0);
    });

    it('knows again what the broker sends again, and acknowledges it when the first one is settled', () => {
      const ackWindow = reconnected(windowOf(a), true);
      expect(ackWindow.receive(again(a, 4))).to.equal(false);
      ackWindow.settle(1);
      expect(ackWindow.release()).to.deep.equal([11]);
    });

    it('acknowledges at once what was settled while there was no connection', () => {
      const ackWindow = windowOf(a);
      ackWindow.disconnected();
      ackWindow.settle(1);
      ackWindow.connected(true);
      expect(ackWindow.receive(again(a, 4))).to.equal(false);
      expect(ackWindow.release()).to.deep.equal([11]);
    });

    it('takes the order in which the broker sends now', () => {
      const ackWindow = reconnected(windowOf(a, b), true);
      ackWindow.receive(again(b, 4));
      ackWindow.receive(again(a, 5));
      ackWindow.settle(1);
      expect(ackWindow.release()).to.deep.equal([]);
      ackWindow.settle(2);
      expect(ackWindow.release()).to.deep.equal([12, 11]);
    });

    it('knows it on every connection after that, too', () => {
      const ackWindow = reconnected(windowOf(a), true);
      ackWindow.receive(again(a, 4));
      reconnected(ackWindow, true);
      expect(ackWindow.receive(again(a, 5))).to.equal(false);
    });
  });

  describe('a packet id that means another message now', () => {
    it('is new when the broker has lost the session', () => {
      const ackWindow = reconnected(windowOf(a), false);
      expect(ackWindow.receive(again(a, 4))).to.equal(true);
    });

    it('is new when it is not marked as a duplicate', () => {
      const ackWindow = reconnected(windowOf(a), true);
      expect(ackWindow.receive(received(4, 11, 'message 1'))).to.equal(true);
    });

    it('is new when the content is another one', () => {
      const ackWindow = reconnected(windowOf(a), true);
      expect(ackWindow.receive(again(received(4, 11, 'other'), 4))).to.equal(true);
      const { publish } = a;
      reconnected(ackWindow, true);
      const elsewhere = { packetId: 11, publish: { ...publish, seq: 5, dup: true, topic: 'elsewhere' } };
      expect(ackWindow.receive(elsewhere)).to.equal(true);
    });

    it('is new when it comes twice on one connection, as nothing was sent again there', () => {
      const ackWindow = windowOf(a);
      expect(ackWindow.receive(again(a, 4))).to.equal(true);
    });

    it('waits for its own settlement', () => {
      const ackWindow = reconnected(windowOf(a), false);
      ackWindow.receive(received(4, 11));
      ackWindow.settle(1);
      expect(ackWindow.release()).to.deep.equal([]);
      ackWindow.settle(4);
      expect(ackWindow.release()).to.deep.equal([11]);
    });
  });

  describe('that forgets what is not settled', () => {
    it('takes it as new when it comes again; what was settled is still known', () => {
      const ackWindow = windowOf(a, b);
      ackWindow.settle(2);
      ackWindow.disconnected();
      ackWindow.forgetUnsettled();
      expect(ackWindow.unsettled).to.equal(0);
      ackWindow.connected(true);
      expect(ackWindow.receive(again(a, 4))).to.equal(true);
      expect(ackWindow.receive(again(b, 5))).to.equal(false);
      ackWindow.settle(4);
      expect(ackWindow.release()).to.deep.equal([11, 12]);
    });

    it('hears nothing of a settlement that comes later', () => {
      const ackWindow = windowOf(a);
      ackWindow.disconnected();
      ackWindow.forgetUnsettled();
      ackWindow.connected(true);
      ackWindow.receive(again(a, 4));
      ackWindow.settle(1);
      expect(ackWindow.release()).to.deep.equal([]);
    });
  });

  it('counts messages and the bytes of their payloads', () => {
    const ackWindow = windowOf(received(1, 11, 'four'), received(2, 12, 'fifteen letters'));
    expect([ackWindow.size, ackWindow.bytes, ackWindow.unsettled]).to.deep.equal([2, 19, 2]);
    ackWindow.settle(1);
    expect([ackWindow.size, ackWindow.bytes, ackWindow.unsettled]).to.deep.equal([2, 19, 1]);
    ackWindow.release();
    expect([ackWindow.size, ackWindow.bytes, ackWindow.unsettled]).to.deep.equal([1, 15, 1]);
    ackWindow.disconnected();
    expect([ackWindow.size, ackWindow.bytes, ackWindow.unsettled]).to.deep.equal([0, 0, 1]);
  });
});
