import { expect } from 'chai';
import type { Inbox } from '../../../sim/support/inbox.js';
import { cleanup } from '../../../support/cleanup.js';
import { acks, connected, publish, type Told } from '../../../support/connecting.js';

/** The publishes that were told. */
const publishesIn = (all: readonly Told[]) =>
  all.flatMap((each) => ('publish' in each ? [each.publish] : []));

/** The first publishes, as soon as there are so many. */
const publishes = async (told: Inbox<Told>, count: number) => publishesIn(await told.filled(1 + count));

describe('openConnection: what it receives', () => {
  const atEnd = cleanup();

  for (const protocolVersion of [4, 5] as const) {
    it(`is reported as it is on the wire, in version ${protocolVersion}`, async () => {
      const { told, far } = await connected(atEnd, { protocolVersion });
      const before = Date.now();
      const bytes = Buffer.from([0, 0xff, 0x80, 10]);
      far.send(publish(7, { topic: 's2u/cv12345/a/b', payload: bytes }));
      const [received] = await publishes(told, 1);
      expect(received).to.deep.include({
        packetId: 7,
        topic: 's2u/cv12345/a/b',
        payload: { bytes },
        qos: 1,
        dup: false,
        retain: false,
      });
      expect(received?.receivedAt).to.be.within(before, Date.now());
      expect(received).to.not.have.property('expiresInMs');
    });
  }

  it('is text where it is UTF-8, and else its bytes', async () => {
    const { told, far } = await connected(atEnd);
    const bytes = Buffer.from([0xff]);
    far.send(publish(1, { payload: Buffer.from('grüße') }), publish(2, { payload: bytes }));
    const payloads = (await publishes(told, 2)).map(({ payload }) => payload);
    expect(payloads).to.deep.equal([{ text: 'grüße' }, { bytes }]);
  });

  it('has the marks of a duplicate and of a retained message', async () => {
    const { told, far } = await connected(atEnd);
    far.send(publish(1, { dup: true }), publish(2, { retain: true }));
    const marks = (await publishes(told, 2)).map(({ dup, retain }) => ({ dup, retain }));
    expect(marks).to.deep.equal([
      { dup: true, retain: false },
      { dup: false, retain: true },
    ]);
  });

  it('has what is left of the message expiry, in ms', async () => {
    const { told, far } = await connected(atEnd, { protocolVersion: 5 });
    far.send(publish(1, { properties: { messageExpiryInterval: 30 } }));
    expect(await publishes(told, 1)).to.have.nested.property('0.expiresInMs', 30_000);
  });

  it('has no packet id where it is of QoS 0, also between two of QoS 1', async () => {
    const { told, far } = await connected(atEnd);
    far.send(publish(1), publish(2, { qos: 0 }), publish(3));
    const received = (await publishes(told, 3)).map(({ qos, packetId }) => ({ qos, packetId }));
    expect(received).to.deep.equal([
      { qos: 1, packetId: 1 },
      { qos: 0, packetId: undefined },
      { qos: 1, packetId: 3 },
    ]);
  });

  it('comes in order, whatever the pieces in which it arrives', async () => {
    const { told, far } = await connected(atEnd);
    const ids = Array.from({ length: 300 }, (_, at) => at + 1);
    far.send(...ids.map((id) => publish(id)));
    expect((await publishes(told, 300)).map(({ packetId }) => packetId)).to.deep.equal(ids);
  });

  describe('when there is no room', () => {
    it('stops after the packet that filled it, until there is room again', async () => {
      let room = false;
      const { connection, told, far } = await connected(atEnd, { room: () => room });
      far.send(publish(1), publish(2), publish(3));
      expect(await publishes(told, 1)).to.have.length(1);

      connection.acknowledge(acks(1));
      await far.pieces.filled(2);
      expect(publishesIn(told.items), 'while acknowledgements leave').to.have.length(1);

      room = true;
      connection.resume();
      expect((await publishes(told, 3)).map(({ packetId }) => packetId)).to.deep.equal([1, 2, 3]);
    });

    it('takes one more at each resume, and no other when that is said twice', async () => {
      const { connection, told, far } = await connected(atEnd, { room: () => false });
      far.send(publish(1), publish(2), publish(3), publish(4));
      for (const count of [1, 2, 3]) {
        await publishes(told, count);
        connection.acknowledge(acks(count));
        await far.packets.filled(1 + count);
        expect(publishesIn(told.items)).to.have.length(count);
        connection.resume();
        connection.resume();
      }
    });

    it('is not stopped by a resume that came before', async () => {
      const { connection, told, far } = await connected(atEnd);
      connection.resume();
      far.send(publish(1), publish(2));
      expect(await publishes(told, 2)).to.have.length(2);
    });
  });
});
