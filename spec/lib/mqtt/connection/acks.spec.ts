import { setImmediate as turn } from 'node:timers/promises';
import { expect } from 'chai';
import { cleanup } from '../../../support/cleanup.js';
import { acks, connected, pubacks, publish } from '../../../support/connecting.js';
import { webSocketPeer } from '../../../support/mqtt-peer.js';

describe('openConnection: acknowledgements', () => {
  const atEnd = cleanup();

  for (const protocolVersion of [4, 5] as const) {
    it(`are sent only by the daemon: MQTT.js sends none in version ${protocolVersion}`, async () => {
      const { connection, reports, far } = await connected(atEnd, { protocolVersion });
      far.send(publish(1), publish(2));
      await reports.filled(3);
      // What is sent now comes after anything sent before.
      connection.subscribe(['s2u/cv12345/#'], () => undefined);
      const commands = (await far.packets.filled(2)).map(({ cmd }) => cmd);
      expect(commands).to.deep.equal(['connect', 'subscribe']);
    });

    it(`are the exact bytes, in the given order, in version ${protocolVersion}`, async () => {
      const { connection, reports, far } = await connected(atEnd, { protocolVersion });
      far.send(publish(1), publish(0x1234), publish(65_535));
      await reports.filled(4);
      connection.acknowledge(acks(65_535, 1));
      connection.acknowledge(acks(0x1234));
      await far.packets.filled(4);
      expect(Buffer.concat(far.pieces.items.slice(1))).to.deep.equal(pubacks(65_535, 1, 0x1234));
    });
  }

  it('leave in one write for each turn of the event loop, if no more publishes are unacknowledged', async () => {
    const { connection, far } = await connected(atEnd, { peerOf: webSocketPeer });
    // A message of the WebSocket is one write; the first ones are those of CONNECT.
    const before = far.pieces.items.length;
    connection.acknowledge(acks(1, 2));
    connection.acknowledge(acks(3));
    await turn();
    connection.acknowledge(acks(4));
    const written = (await far.pieces.filled(before + 2)).slice(before);
    expect(written).to.deep.equal([pubacks(1, 2, 3), pubacks(4)]);
  });

  it('wait a moment if more publishes are unacknowledged, so that they leave in one write', async () => {
    const { connection, reports, far } = await connected(atEnd, { peerOf: webSocketPeer });
    const before = far.pieces.items.length;
    far.send(publish(1), publish(2), publish(3));
    await reports.filled(4);
    connection.acknowledge(acks(1));
    await turn();
    connection.acknowledge(acks(2));
    const written = (await far.pieces.filled(before + 1)).slice(before);
    expect(written).to.deep.equal([pubacks(1, 2)]);
  });

  it('do not wait once there are enough of them, and none leaves twice', async () => {
    const { connection, reports, far } = await connected(atEnd, { peerOf: webSocketPeer });
    const before = far.pieces.items.length;
    const many = Array.from({ length: 18 }, (_, at) => at + 1);
    far.send(...many.map((packetId) => publish(packetId)));
    await reports.filled(19);
    connection.acknowledge(acks(...many.slice(0, 15)));
    connection.acknowledge(acks(16));
    await turn();
    connection.acknowledge(acks(17));
    const written = (await far.pieces.filled(before + 2)).slice(before);
    expect(written).to.deep.equal([pubacks(...many.slice(0, 16)), pubacks(17)]);
  });

  it('send nothing for an empty list', async () => {
    const { connection, far } = await connected(atEnd);
    connection.acknowledge(acks());
    await turn();
    connection.acknowledge(acks(7));
    await far.pieces.filled(2);
    expect(Buffer.concat(far.pieces.items.slice(1))).to.deep.equal(pubacks(7));
  });

  it('belong to this connection: none leaves after its end', async () => {
    const { connection, closed, far } = await connected(atEnd);
    connection.end();
    connection.acknowledge(acks(1));
    await Promise.all([closed, far.closed]);
    connection.acknowledge(acks(2));
    await turn();
    expect(far.packets.items.map(({ cmd }) => cmd)).to.deep.equal(['connect', 'disconnect']);
  });
});
