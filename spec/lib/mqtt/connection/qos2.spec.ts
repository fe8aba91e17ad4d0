import { expect } from 'chai';
import { cleanup } from '../../../support/cleanup.js';
import { connected, publish } from '../../../support/connecting.js';

describe('openConnection: QoS 2', () => {
  const atEnd = cleanup();

  for (const protocolVersion of [4, 5] as const) {
    it(`is reported as received, and answered only by the daemon, in version ${protocolVersion}`, async () => {
      const { connection, reports, far } = await connected(atEnd, { protocolVersion });
      far.send(publish(7, { qos: 2 }));
      expect((await reports.filled(2))[1])
        .to.have.property('publish')
        .that.includes({ qos: 2, packetId: 7 });
      // What is sent now comes after anything sent before.
      connection.subscribe(['s2u/cv12345/#'], () => undefined);
      expect((await far.packets.filled(2)).map(({ cmd }) => cmd)).to.deep.equal(['connect', 'subscribe']);
    });

    it(`is acknowledged with PUBREC, and released with PUBCOMP, in version ${protocolVersion}`, async () => {
      const { connection, reports, far } = await connected(atEnd, { protocolVersion });
      far.send(publish(7, { qos: 2 }), publish(8));
      await reports.filled(3);
      connection.acknowledge([
        { packetId: 7, qos: 2 },
        { packetId: 8, qos: 1 },
      ]);
      await far.packets.filled(3);
      expect(Buffer.concat(far.pieces.items.slice(1)).toString('hex')).to.equal('5002000740020008');
      far.send({ cmd: 'pubrel', messageId: 7 });
      expect((await reports.filled(4))[3]).to.deep.equal({ kind: 'released', packetId: 7 });
      expect((await far.packets.filled(4))[3]).to.deep.include({ cmd: 'pubcomp', messageId: 7 });
    });

    it(`completes a PUBREL with an unknown id, too, in version ${protocolVersion}`, async () => {
      const { reports, far } = await connected(atEnd, { protocolVersion });
      far.send({ cmd: 'pubrel', messageId: 291 });
      expect((await reports.filled(2))[1]).to.deep.equal({ kind: 'released', packetId: 291 });
      expect((await far.packets.filled(2))[1]).to.deep.include({ cmd: 'pubcomp', messageId: 291 });
    });
  }
});
