import { expect } from 'chai';
import { cleanup } from '../../../support/cleanup.js';
import { accepted, acks, connected, publish } from '../../../support/connecting.js';

const message = { topic: 'u2s/cv12345/a', payload: '{}', retain: true };

describe('openConnection: publishing', () => {
  const atEnd = cleanup();

  for (const protocolVersion of [4, 5] as const)
    it(`writes PUBLISH and reports PUBACK, beside acknowledgements, in version ${protocolVersion}`, async () => {
      const { connection, reports, far } = await connected(atEnd, { protocolVersion });
      far.send(publish(7));
      await reports.filled(2);
      connection.publish(message, 0x8001, false);
      connection.acknowledge(acks(7));
      const packets = await far.packets.filled(3);
      expect(packets[1]).to.deep.include({
        cmd: 'publish',
        topic: message.topic,
        qos: 1,
        retain: true,
        messageId: 0x8001,
      });
      expect(packets[2]).to.include({ cmd: 'puback', messageId: 7 });
      far.send({ cmd: 'puback', messageId: 0x8001, reasonCode: 135 });
      const code = protocolVersion === 5 ? 135 : 0;
      expect((await reports.filled(3))[2]).to.deep.equal({ kind: 'published', packetId: 0x8001, code });
    });

  it('writes the last message before DISCONNECT, and nothing after', async () => {
    const { connection, closed, far } = await connected(atEnd, { protocolVersion: 5 });
    connection.publish(message, 0x8001, false);
    connection.end();
    connection.publish(message, 0x8002, false);
    await far.packets.filled(3);
    far.cut();
    await closed;
    expect(far.packets.items.map(({ cmd }) => cmd)).to.deep.equal(['connect', 'publish', 'disconnect']);
  });

  for (const protocolVersion of [4, 5] as const)
    it(`puts the will into CONNECT, retained and at QoS 1, in version ${protocolVersion}`, async () => {
      const will = { topic: 'u2s/cv12345/health', payload: '{"state":"offline"}' };
      const { far } = await connected(atEnd, { protocolVersion, will });
      expect(far.packets.items[0])
        .to.have.property('will')
        .that.deep.includes({
          topic: will.topic,
          payload: Buffer.from(will.payload),
          qos: 1,
          retain: true,
        });
    });

  it('reports what the broker allows of publishes', async () => {
    const properties = { receiveMaximum: 20, maximumQoS: 0, retainAvailable: false };
    const { reports } = await connected(atEnd, { protocolVersion: 5, connack: { ...accepted, properties } });
    const limits = { receiveMaximum: 20, qos1: false, retain: false };
    expect(reports.items[0]).to.deep.equal({ kind: 'connected', connack: { sessionPresent: false, limits } });
  });
});
