import { expect } from 'chai';
import { cleanup } from '../../../support/cleanup.js';
import { accepted, connected, open, publish } from '../../../support/connecting.js';
import { tcpPeer, webSocketPeer } from '../../../support/mqtt-peer.js';

describe('openConnection: the handshake', () => {
  const atEnd = cleanup();

  it('sends CONNECT of MQTT 3.1.1 with a persistent session', async () => {
    const { far } = await connected(atEnd, { protocolVersion: 4, keepaliveS: 42 });
    expect(far.packets.items[0]).to.deep.include({
      cmd: 'connect',
      protocolId: 'MQTT',
      protocolVersion: 4,
      clean: false,
      clientId: 'cvmqtt-cv12345',
      username: 'cv12345',
      password: Buffer.from('the secret token'),
      keepalive: 42,
    });
    expect(far.packets.items[0]).to.not.have.property('properties');
    expect(far.packets.items[0]).to.not.have.property('will');
  });

  it('sends CONNECT of MQTT 5 with a session expiry and limits, without topic aliases', async () => {
    const { far } = await connected(atEnd, { protocolVersion: 5, sessionExpiryS: 600, receiveMaximum: 99 });
    expect(far.packets.items[0]).to.deep.include({
      protocolVersion: 5,
      clean: false,
      clientId: 'cvmqtt-cv12345',
      password: Buffer.from('the secret token'),
      properties: { sessionExpiryInterval: 600, receiveMaximum: 99, maximumPacketSize: 1_048_576 },
    });
  });

  for (const protocolVersion of [4, 5] as const) {
    it(`reports whether the session is resumed, in version ${protocolVersion}`, async () => {
      const peer = await tcpPeer(protocolVersion);
      atEnd(peer.close);
      for (const [at, sessionPresent] of [true, false].entries()) {
        const { connection, reports, closed } = open({ protocolVersion, address: peer.address });
        (await peer.connections.filled(at + 1))[at]?.send({ ...accepted, cmd: 'connack', sessionPresent });
        expect(await reports.filled(1)).to.deep.equal([{ kind: 'connected', connack: { sessionPresent } }]);
        connection.end();
        await closed;
      }
    });
  }

  for (const [sharedSubscriptionAvailable, more] of [
    [false, { hasNoSharing: true }],
    [true, {}],
  ] as const)
    it(`reports that the broker has no shared subscriptions if it says so: available ${sharedSubscriptionAvailable}`, async () => {
      const connack = { ...accepted, properties: { sharedSubscriptionAvailable } };
      const { reports } = await connected(atEnd, { protocolVersion: 5, connack });
      const { sessionPresent } = accepted;
      expect(await reports.filled(1)).to.deep.equal([
        { kind: 'connected', connack: { sessionPresent, ...more } },
      ]);
    });

  it('reports the limits that the broker announces', async () => {
    const peer = await tcpPeer(5);
    atEnd(peer.close);
    const { connection, reports, closed } = open({ protocolVersion: 5, address: peer.address });
    const [far] = await peer.connections.filled(1);
    const properties = { serverKeepAlive: 30, maximumPacketSize: 4096, wildcardSubscriptionAvailable: false };
    far?.send({ ...accepted, cmd: 'connack', properties });
    const limits = { keepaliveS: 30, maximumPacketSize: 4096, wildcards: false };
    expect(await reports.filled(1)).to.deep.equal([
      { kind: 'connected', connack: { sessionPresent: false, limits } },
    ]);
    connection.end();
    await closed;
  });

  it('completes before the backlog of the session, which follows CONNACK at once', async () => {
    const peer = await tcpPeer(4);
    atEnd(peer.close);
    const { connection, reports } = open({ address: peer.address });
    atEnd(() => connection.end());
    const [far] = await peer.connections.filled(1);
    far?.send({ ...accepted, cmd: 'connack', sessionPresent: true }, publish(1), publish(2));
    const order = (await reports.filled(3)).map(({ kind }) => kind);
    expect(order).to.deep.equal(['connected', 'publish', 'publish']);
  });

  it('works through a WebSocket, too', async () => {
    const { far } = await connected(atEnd, {
      peerOf: webSocketPeer,
      protocolVersion: 5,
    });
    expect(far.packets.items[0]).to.include({ cmd: 'connect', protocolVersion: 5 });
  });
});
