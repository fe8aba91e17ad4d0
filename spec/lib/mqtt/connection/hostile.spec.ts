import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { expect } from 'chai';
import fc from 'fast-check';
import { WebSocketServer } from 'ws';
import { anyCuts, brokerPackets, cutAt, streamOf, versions } from '../../../support/broker-bytes.js';
import { cleanup } from '../../../support/cleanup.js';
import { acks, connected, open, publish } from '../../../support/connecting.js';
import { tcpPeer, webSocketPeer } from '../../../support/mqtt-peer.js';

describe('openConnection: any bytes', () => {
  const atEnd = cleanup();

  for (const version of versions)
    for (const [line, peerOf] of [
      ['TCP', tcpPeer],
      ['a WebSocket', webSocketPeer],
    ] as const)
      it(`throw nothing, and end the connection once, in version ${version} through ${line}`, async () => {
        const peer = await peerOf(version);
        atEnd(peer.close);
        let connections = 0;
        const hostile = fc
          .tuple(
            fc.array(brokerPackets(version), { maxLength: 6 }),
            fc.array(fc.tuple(fc.nat(1_000), fc.nat(255)), { maxLength: 3 }),
            fc.uint8Array({ maxLength: 40 }),
          )
          .map(([packets, wrong, behind]) => {
            const bytes = Buffer.concat([streamOf(version, packets), behind]);
            for (const [at, byte] of wrong) bytes[at % bytes.length] = byte;
            return bytes;
          });
        await fc.assert(
          fc.asyncProperty(hostile, anyCuts, async (bytes, cuts) => {
            const { connection, reports, closed } = open({ protocolVersion: version, address: peer.address });
            connections += 1;
            const far = (await peer.connections.filled(connections)).at(-1);
            await far?.packets.filled(1);
            for (const piece of cutAt(bytes, bytes.length < 100 ? cuts : []))
              if (piece.length > 0) far?.write(piece);
            // The answer to SUBSCRIBE comes after everything that can be read.
            connection.subscribe(['a'], () => undefined);
            connection.acknowledge(acks(1));
            far?.cut();
            await closed;
            connection.end();
            expect(reports.items.filter(({ kind }) => kind === 'closed')).to.have.length(1);
            expect(reports.items.at(-1)?.kind).to.equal('closed');
            expect(reports.items[0]?.kind).to.be.oneOf(['connected', 'closed']);
          }),
          { numRuns: 100 },
        );
      });

  it('ends the connection to a broker that does not read its answers, instead of keeping them', async () => {
    const releases = Buffer.alloc(65_536, Buffer.from([0x62, 2, 0, 1]));
    const server = createServer((socket) => {
      socket
        .on('error', () => undefined)
        .once('data', () => {
          socket.pause();
          socket.write(Buffer.from([0x20, 2, 0, 0]));
          const more = (): void => {
            while (socket.writable && socket.write(releases));
          };
          socket.on('drain', more);
          more();
        });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    atEnd(() => server.close());
    const bound = server.address();
    const port = bound !== null && typeof bound === 'object' ? bound.port : 0;
    const { closed } = open({ address: { protocol: 'mqtt', host: '127.0.0.1', port, path: '/' } });
    expect(await closed).to.deep.equal({ kind: 'lost', detail: 'the broker does not read what is sent' });
  });

  it('answers the pings of a WebSocket, and rejects text frames', async () => {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1', handleProtocols: () => 'mqtt' });
    await once(server, 'listening');
    atEnd(() => server.close());
    const bound = server.address();
    const port = bound !== null && typeof bound === 'object' ? bound.port : 0;
    const { closed } = open({ address: { protocol: 'ws', host: '127.0.0.1', port, path: '/' } });
    const [socket] = await once(server, 'connection');
    socket.ping('are you there');
    const [answer] = await once(socket, 'pong');
    expect(`${answer}`).to.equal('are you there');
    socket.send('a text');
    expect(await closed).to.deep.equal({
      kind: 'unreachable',
      detail: 'the broker sent a text [MQTT-6.0.0-1]',
    });
  });

  describe('a large packet', () => {
    const megabytes = Buffer.alloc(2_000_000, 'x');

    it('that takes longer than a ping may does not end the connection', async () => {
      const { reports, far } = await connected(atEnd, { keepaliveS: 1 });
      const stream = streamOf(4, [publish(1, { payload: megabytes })]).subarray(4);
      for (let at = 0; at < stream.length; at += 100_000) {
        far.write(stream.subarray(at, at + 100_000));
        // At the pace of the network: all of it in 2 s.
        await wait(100);
      }
      // Pings may be overdue by then.
      const heard = (): unknown => reports.items.find(({ kind }) => kind === 'publish' || kind === 'closed');
      for (let count = 2; heard() === undefined; count += 1) await reports.filled(count);
      expect(heard()).to.have.nested.property('publish.oversized.bytes', megabytes.length);
    });

    it('differs from many small ones that end in other pieces: those end the connection', async () => {
      const { closed, far } = await connected(atEnd, { keepaliveS: 1 });
      const flood = streamOf(
        4,
        Array.from({ length: 100 }, () => publish(1, { qos: 0, payload: Buffer.alloc(4_900) })),
      );
      let at = 4;
      const pieces = setInterval(() => {
        far.write(flood.subarray(at, at + 5_500));
        at = at > 400_000 ? 4 : at + 5_500;
      }, 20);
      atEnd(() => clearInterval(pieces));
      expect(await closed).to.deep.equal({ kind: 'lost', detail: 'Keepalive timeout' });
    });

    it('that arrives byte by byte, or stops, ends the connection', async () => {
      const { reports, closed, far } = await connected(atEnd, { keepaliveS: 1 });
      far.write(Buffer.from([0x32, 0xff, 0xff, 0xff, 0x7f, 0, 1, 0x61]));
      const drops = setInterval(() => far.write(Buffer.of(0)), 20);
      atEnd(() => clearInterval(drops));
      expect(await closed).to.deep.equal({ kind: 'lost', detail: 'Keepalive timeout' });
      expect(reports.items.map(({ kind }) => kind)).to.deep.equal(['connected', 'ping-overdue', 'closed']);
    });
  });
});
