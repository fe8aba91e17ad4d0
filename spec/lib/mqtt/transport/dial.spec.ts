import { readFileSync } from 'node:fs';
import { createServer as createHttps } from 'node:https';
import { setImmediate as turn } from 'node:timers/promises';
import { createServer, type TLSSocket } from 'node:tls';
import { expect } from 'chai';
import { WebSocketServer } from 'ws';
import { type AtEnd, endingAfterTest } from '../../../rig/at-end.js';
import { makeCertificates } from '../../../rig/certificates.js';
import { itWith } from '../../../rig/programs.js';
import { inbox } from '../../../sim/support/inbox.js';
import { streamOf } from '../../../support/broker-bytes.js';
import { connected, open, publish } from '../../../support/connecting.js';
import { tcpPeer, webSocketPeer } from '../../../support/mqtt-peer.js';

const itWithTls = itWith('openssl');

/** A TLS server that answers anything with CONNACK, and the server names that clients requested. */
async function tlsPeer(atEnd: AtEnd, address: string, listen: string) {
  const { ca, certificate, key } = await makeCertificates(atEnd, address);
  const names = inbox<string | false | null>();
  const sockets = inbox<TLSSocket>();
  const server = createServer(
    { cert: readFileSync(certificate), key: readFileSync(key) },
    (socket: TLSSocket) => {
      names.put(socket.servername);
      sockets.put(socket);
      socket.on('error', () => undefined).once('data', () => socket.write(streamOf(4, [])));
    },
  );
  await new Promise<void>((resolve) => server.listen(0, listen, resolve));
  atEnd(() => server.close());
  const bound = server.address();
  const port = bound !== null && typeof bound === 'object' ? bound.port : 0;
  return { names, sockets, port, ca: readFileSync(ca, 'utf8') };
}

describe('openConnection: the transport', () => {
  const atEnd = endingAfterTest();
  const environment = process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
  afterEach(() => {
    if (environment === undefined) delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
    else process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = environment;
  });

  for (const [what, peerOf] of [
    ['mqtt', tcpPeer],
    ['ws', webSocketPeer],
  ] as const)
    it(`connects to an IPv6 address, with ${what}`, async () => {
      const { reports } = await connected(atEnd, { peerOf: (version) => peerOf(version, '::1') });
      expect(reports.items).to.deep.equal([{ kind: 'connected', connack: { sessionPresent: false } }]);
    });

  for (const [host, address, listen, name] of [
    ['::1', 'IP:::1', '::1', false],
    ['127.0.0.1', 'IP:127.0.0.1', '127.0.0.1', false],
    ['localhost', 'DNS:localhost', '127.0.0.1', 'localhost'],
  ] as const)
    itWithTls(`connects to ${host} with mqtts, with ${name || 'no name'} in its handshake`, async () => {
      const { names, port, ca } = await tlsPeer(atEnd, address, listen);
      const { reports, connection } = open({ address: { protocol: 'mqtts', host, port, path: '/' }, ca });
      atEnd(() => connection.end());
      expect(await reports.filled(1)).to.deep.equal([
        { kind: 'connected', connack: { sessionPresent: false } },
      ]);
      expect(await names.filled(1)).to.deep.equal([name]);
    });

  itWithTls('keeps TLS data in order while reading is paused', async () => {
    const payloadOf = (id: number): string => `${id}`.padEnd(100 + (id % 7), '.');
    const messages = Array.from({ length: 100 }, (_, at) => publish(at + 1, { payload: payloadOf(at + 1) }));
    const { sockets, port, ca } = await tlsPeer(atEnd, 'IP:127.0.0.1', '127.0.0.1');
    const address = { protocol: 'mqtts', host: '127.0.0.1', port, path: '/' } as const;
    const { reports, connection } = open({ address, ca }, () => false);
    atEnd(() => connection.end());
    await reports.filled(1);
    const [socket] = await sockets.filled(1);
    // A record holds three of them, and several records are read at once: OpenSSL emits them one by one, paused or not.
    for (let at = 0; at < messages.length; at += 3) {
      socket?.write(streamOf(4, messages.slice(at, at + 3)).subarray(4));
      await turn();
    }
    for (let id = 1; id <= messages.length; id += 1) {
      expect((await reports.filled(id + 1)).at(-1)).to.have.nested.property(
        'publish.payload.text',
        payloadOf(id),
      );
      // Otherwise reading would resume between two records.
      await turn();
      connection.resume();
    }
  });

  for (const protocol of ['mqtts', 'wss'] as const)
    itWithTls(`rejects an unknown certificate with ${protocol}, whatever the environment says`, async () => {
      process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
      const { port } = await tlsPeer(atEnd, 'IP:127.0.0.1', '127.0.0.1');
      const { closed } = open({ address: { protocol, host: '127.0.0.1', port, path: '/' } });
      const reason = await closed;
      expect(reason).to.have.property('kind', 'unreachable');
      expect(reason)
        .to.have.property('detail')
        .that.matches(/certificate/);
    });

  itWithTls('rejects a certificate of another name, whatever the environment says', async () => {
    process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
    const { port, ca } = await tlsPeer(atEnd, 'DNS:elsewhere', '127.0.0.1');
    const { closed } = open({ address: { protocol: 'mqtts', host: 'localhost', port, path: '/' }, ca });
    expect(await closed)
      .to.have.property('detail')
      .that.matches(/does not match certificate/);
  });

  itWithTls('connects to an IPv6 address with wss', async () => {
    const { ca, certificate, key } = await makeCertificates(atEnd, 'IP:::1');
    const server = createHttps({ cert: readFileSync(certificate), key: readFileSync(key) });
    const hosts = inbox<string | undefined>();
    new WebSocketServer({ server, handleProtocols: () => 'mqtt' }).on('connection', (socket, { headers }) => {
      hosts.put(headers.host);
      socket.once('message', () => socket.send(Buffer.from([0x20, 2, 0, 0])));
    });
    await new Promise<void>((resolve) => server.listen(0, '::1', resolve));
    atEnd(() => {
      server.closeAllConnections();
      server.close();
    });
    const bound = server.address();
    const port = bound !== null && typeof bound === 'object' ? bound.port : 0;
    const { reports, connection } = open({
      address: { protocol: 'wss', host: '::1', port, path: '/' },
      ca: readFileSync(ca, 'utf8'),
    });
    atEnd(() => connection.end());
    expect(await reports.filled(1)).to.deep.equal([
      { kind: 'connected', connack: { sessionPresent: false } },
    ]);
    expect(hosts.items).to.deep.equal([`[::1]:${port}`]);
  });

  itWithTls('is unreachable, with a reason, if a certificate is invalid', async () => {
    const address = { protocol: 'mqtts', host: '127.0.0.1', port: 1, path: '/' } as const;
    const { reports, closed } = open({ address, cert: 'none', key: 'none' });
    expect(reports.items, 'not before it returned').to.deep.equal([]);
    expect(await closed).to.have.property('kind', 'unreachable');
  });
});
