import { expect } from 'chai';
import type { Inbox } from '../../../sim/support/inbox.js';
import { cleanup } from '../../../support/cleanup.js';
import { acks, connected, publish, type Report } from '../../../support/connecting.js';

/** The reported publishes. */
const publishesIn = (all: readonly Report[]) =>
  all.flatMap((each) => ('publish' in each ? [each.publish] : []));

/** The first publishes, as soon as there are `count`. */
const publishes = async (reports: Inbox<Report>, count: number) =>
  publishesIn(await reports.filled(1 + count));

describe('openConnection: what it receives', () => {
  const atEnd = cleanup();

  for (const protocolVersion of [4, 5] as const) {
    it(`is reported as it is on the wire, in version ${protocolVersion}`, async () => {
      const { reports, far } = await connected(atEnd, { protocolVersion });
      const before = Date.now();
      const bytes = Buffer.from([0, 0xff, 0x80, 10]);
      far.send(publish(7, { topic: 's2u/cv12345/a/b', payload: bytes }));
      const [received] = await publishes(reports, 1);
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

  it('is text if it is UTF-8, else bytes', async () => {
    const { reports, far } = await connected(atEnd);
    const bytes = Buffer.from([0xff]);
    far.send(publish(1, { payload: Buffer.from('grüße') }), publish(2, { payload: bytes }));
    const payloads = (await publishes(reports, 2)).map(({ payload }) => payload);
    expect(payloads).to.deep.equal([{ text: 'grüße' }, { bytes }]);
  });

  it('has the DUP and RETAIN flags', async () => {
    const { reports, far } = await connected(atEnd);
    far.send(publish(1, { dup: true }), publish(2, { retain: true }));
    const marks = (await publishes(reports, 2)).map(({ dup, retain }) => ({ dup, retain }));
    expect(marks).to.deep.equal([
      { dup: true, retain: false },
      { dup: false, retain: true },
    ]);
  });

  it('has the rest of the message expiry, in ms', async () => {
    const { reports, far } = await connected(atEnd, { protocolVersion: 5 });
    far.send(publish(1, { properties: { messageExpiryInterval: 30 } }));
    expect(await publishes(reports, 1)).to.have.nested.property('0.expiresInMs', 30_000);
  });

  it('has no packet id at QoS 0, even between two publishes of QoS 1', async () => {
    const { reports, far } = await connected(atEnd);
    far.send(publish(1), publish(2, { qos: 0 }), publish(3));
    const received = (await publishes(reports, 3)).map(({ qos, packetId }) => ({ qos, packetId }));
    expect(received).to.deep.equal([
      { qos: 1, packetId: 1 },
      { qos: 0, packetId: undefined },
      { qos: 1, packetId: 3 },
    ]);
  });

  it('comes in order, in whatever pieces it arrives', async () => {
    const { reports, far } = await connected(atEnd);
    const ids = Array.from({ length: 300 }, (_, at) => at + 1);
    far.send(...ids.map((id) => publish(id)));
    expect((await publishes(reports, 300)).map(({ packetId }) => packetId)).to.deep.equal(ids);
  });

  describe('if there is no room', () => {
    it('stops after the packet that filled it, until there is room again', async () => {
      let room = false;
      const { connection, reports, far } = await connected(atEnd, { room: () => room });
      far.send(publish(1), publish(2), publish(3));
      expect(await publishes(reports, 1)).to.have.length(1);

      connection.acknowledge(acks(1));
      await far.pieces.filled(2);
      expect(publishesIn(reports.items), 'while acknowledgements leave').to.have.length(1);

      room = true;
      connection.resume();
      expect((await publishes(reports, 3)).map(({ packetId }) => packetId)).to.deep.equal([1, 2, 3]);
    });

    it('takes one more at each resume, and only one if resume is called twice', async () => {
      const { connection, reports, far } = await connected(atEnd, { room: () => false });
      far.send(publish(1), publish(2), publish(3), publish(4));
      for (const count of [1, 2, 3]) {
        await publishes(reports, count);
        connection.acknowledge(acks(count));
        await far.packets.filled(1 + count);
        expect(publishesIn(reports.items)).to.have.length(count);
        connection.resume();
        connection.resume();
      }
    });

    it('is stopped despite an earlier resume', async () => {
      const { connection, reports, far } = await connected(atEnd);
      connection.resume();
      far.send(publish(1), publish(2));
      expect(await publishes(reports, 2)).to.have.length(2);
    });
  });
});
