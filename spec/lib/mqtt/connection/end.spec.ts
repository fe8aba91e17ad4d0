import { expect } from 'chai';
import { cleanup } from '../../../support/cleanup.js';
import { accepted, acks, connected, open, pubacks, publish } from '../../../support/connecting.js';
import { tcpPeer } from '../../../support/mqtt-peer.js';

describe('openConnection: its end', () => {
  const atEnd = cleanup();

  describe('by the broker', () => {
    it('is lost when the connection is cut', async () => {
      const { closed, far } = await connected(atEnd);
      far.cut();
      expect(await closed).to.deep.equal({ kind: 'lost', detail: 'the connection was closed' });
    });

    it('is taken over when another client has the same client id', async () => {
      const { closed, far } = await connected(atEnd, { protocolVersion: 5 });
      far.send({ cmd: 'disconnect', reasonCode: 142 });
      far.cut();
      expect(await closed).to.deep.equal({ kind: 'taken-over' });
    });

    it("is lost with the broker's reason, even if the broker leaves the connection open", async () => {
      const { closed, far } = await connected(atEnd, { protocolVersion: 5 });
      far.send({ cmd: 'disconnect', reasonCode: 139 });
      expect(await closed).to.deep.equal({
        kind: 'lost',
        detail: 'disconnected by the broker: Server shutting down (139)',
      });
    });
  });

  describe('by a broker that violates the protocol', () => {
    const wrong: readonly [string, 4 | 5, Buffer][] = [
      ['an invalid packet', 4, Buffer.from([0xff, 0xff, 0xff, 0xff, 0xff])],
      ['a PUBLISH with an invalid property', 5, Buffer.from([0x30, 6, 0, 1, 0x61, 2, 0x7f, 0])],
      ['a PUBLISH of QoS 3', 4, Buffer.from([0x36, 5, 0, 1, 0x61, 0, 1])],
      ['a topic alias, which was not offered', 5, Buffer.from([0x30, 7, 0, 1, 0x61, 3, 0x23, 0, 1])],
      ['a second CONNACK', 4, Buffer.from([0x20, 2, 0, 0])],
    ];
    for (const [what, protocolVersion, bytes] of wrong) {
      it(`comes at ${what}, which is not reported as a message`, async () => {
        const { reports, closed, far } = await connected(atEnd, { protocolVersion });
        far.write(bytes);
        const reason = await closed;
        expect(reason.kind).to.equal('lost');
        await far.closed;
        expect(reports.items).to.deep.equal([
          { kind: 'connected', connack: { sessionPresent: false } },
          { kind: 'closed', reason },
        ]);
        expect(far.packets.items.map(({ cmd }) => cmd)).to.deep.equal(['connect']);
      });
    }

    it('has the reason', async () => {
      const { closed, far } = await connected(atEnd);
      far.write(Buffer.from([0x36, 5, 0, 1, 0x61, 0, 1]));
      const detail = 'the broker sent a PUBLISH of QoS 3 [MQTT-3.3.1-4]';
      expect(await closed).to.deep.equal({ kind: 'lost', detail });
    });

    it('ignores packets after the malformed one', async () => {
      const { reports, closed, far } = await connected(atEnd);
      far.write(
        Buffer.concat([Buffer.from([0x36, 5, 0, 1, 0x61, 0, 1]), Buffer.from([0x30, 3, 0, 1, 0x61])]),
      );
      await closed;
      expect(reports.items.map(({ kind }) => kind)).to.deep.equal(['connected', 'closed']);
    });
  });

  describe('by end()', () => {
    it('sends pending acknowledgements, then DISCONNECT', async () => {
      const { connection, reports, closed, far } = await connected(atEnd);
      far.send(publish(1), publish(2));
      await reports.filled(3);
      connection.acknowledge(acks(1, 2));
      connection.end();
      expect((await closed).kind).to.equal('lost');
      await far.closed;
      expect(Buffer.concat(far.pieces.items.slice(1))).to.deep.equal(
        Buffer.concat([pubacks(1, 2), Buffer.from([0xe0, 0])]),
      );
    });

    it('sends DISCONNECT of version 5 without a will or an expiry: the session stays', async () => {
      const { connection, closed, far } = await connected(atEnd, { protocolVersion: 5 });
      connection.end();
      await Promise.all([closed, far.closed]);
      const last = far.packets.items.at(-1);
      expect(last).to.deep.include({ cmd: 'disconnect', reasonCode: 0 });
      expect(last).to.not.have.property('properties');
    });

    it('cuts nothing off even while reading is paused: what the broker sent meanwhile is read and discarded', async () => {
      const { connection, reports, closed, far } = await connected(atEnd, { room: () => false });
      const large = { payload: Buffer.alloc(100_000) };
      far.send(...Array.from({ length: 100 }, (_, at) => publish(at + 1, large)));
      await reports.filled(2);
      connection.end();
      const [, cut] = await Promise.all([closed, far.closed]);
      expect(cut).to.equal(false);
      expect(far.packets.items.map(({ cmd }) => cmd)).to.deep.equal(['connect', 'disconnect']);
    });

    it('reports no more messages', async () => {
      const { connection, reports, closed, far } = await connected(atEnd, { room: () => false });
      far.send(publish(1), publish(2));
      await reports.filled(2);
      connection.end();
      await closed;
      expect(reports.items.map(({ kind }) => kind)).to.deep.equal(['connected', 'publish', 'closed']);
    });

    it('waits at most a second, and acknowledges nothing meanwhile', async () => {
      const { connection, closed, far } = await connected(atEnd);
      // MQTT.js would wait for the answer to SUBSCRIBE for ever.
      connection.subscribe(['s2u/cv12345/#'], () => undefined);
      await far.packets.filled(2);
      connection.end();
      connection.acknowledge(acks(1));
      expect((await closed).kind).to.equal('lost');
      await far.closed;
      expect(far.packets.items.map(({ cmd }) => cmd)).to.deep.equal(['connect', 'subscribe']);
    });

    it('before CONNACK cuts the connection', async () => {
      const peer = await tcpPeer(4);
      atEnd(peer.close);
      const { connection, closed, reports } = open({ address: peer.address });
      const [far] = await peer.connections.filled(1);
      await far?.packets.filled(1);
      connection.end();
      expect(await closed).to.have.property('kind', 'unreachable');
      await far?.closed;
      expect(reports.items).to.have.length(1);
    });

    it('ends the connection even in the turn in which it was opened', async () => {
      const peer = await tcpPeer(4);
      atEnd(peer.close);
      const { connection, closed } = open({ address: peer.address });
      connection.end();
      expect(await closed).to.have.property('kind', 'unreachable');
    });

    it('ignores a later CONNACK', async () => {
      const peer = await tcpPeer(4);
      atEnd(peer.close);
      const { connection, closed, reports } = open({ address: peer.address });
      const [far] = await peer.connections.filled(1);
      far?.send(accepted);
      connection.end();
      await closed;
      expect(reports.items.map(({ kind }) => kind)).to.deep.equal(['closed']);
    });
  });
});
