import { createServer } from 'node:net';
import { expect } from 'chai';
import type { CloseReason } from '../../../../lib/mqtt/connection/connection.js';
import { cleanup } from '../../../support/cleanup.js';
import { open } from '../../../support/connecting.js';
import { tcpPeer } from '../../../support/mqtt-peer.js';

describe('openConnection: refused', () => {
  const atEnd = cleanup();

  /** How a connection ends if its CONNECT gets this answer. */
  const endOf = async (protocolVersion: 4 | 5, answer: readonly number[]): Promise<CloseReason> => {
    const peer = await tcpPeer(protocolVersion);
    atEnd(peer.close);
    const { reports, closed } = open({ protocolVersion, address: peer.address });
    const [far] = await peer.connections.filled(1);
    await far?.packets.filled(1);
    far?.write(Buffer.from(answer));
    const reason = await closed;
    await far?.closed;
    expect(reports.items, 'the only report').to.deep.equal([{ kind: 'closed', reason }]);
    expect(JSON.stringify(reason)).to.not.include('secret');
    return reason;
  };

  /** CONNACK of 3.1.1, and of 5 without properties. */
  const connack = (code: number) => [0x20, 2, 0, code];
  const connack5 = (code: number) => [0x20, 3, 0, code, 0];

  const answers: readonly [4 | 5, readonly number[], CloseReason['kind'], string][] = [
    [4, connack(1), 'unsupported-version', 'unacceptable version'],
    [4, connack(2), 'refused', 'invalid client id'],
    [4, connack(3), 'unreachable', 'server unavailable'],
    [4, connack(4), 'refused', 'bad username or password'],
    [4, connack(5), 'refused', 'not authorised'],
    [5, connack5(132), 'unsupported-version', 'unacceptable version'],
    [5, connack5(133), 'refused', 'invalid client id'],
    [5, connack5(134), 'refused', 'bad username or password'],
    [5, connack5(135), 'refused', 'not authorised'],
    [5, connack5(138), 'refused', 'banned'],
    [5, connack5(136), 'unreachable', 'server unavailable'],
    [5, connack5(137), 'unreachable', 'server busy'],
    // [MQTT-3.1.2-2] of 3.1.1: a broker older than version 5 answers in the format of 3.1.1.
    [5, connack(1), 'unsupported-version', 'unacceptable version, in the format of 3.1.1'],
  ];
  for (const [version, bytes, kind, what] of answers) {
    it(`is ${kind} if CONNACK ${bytes[3]} of version ${version} says: ${what}`, async () => {
      expect(await endOf(version, bytes)).to.have.property('kind', kind);
    });
  }

  it("has the broker's reason", async () => {
    expect(await endOf(4, connack(4))).to.deep.equal({
      kind: 'refused',
      detail: 'connection refused: Bad username or password (4)',
    });
  });

  it('is unreachable if the answer is not MQTT', async () => {
    const page = Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n');
    expect(await endOf(4, [...page])).to.have.property('kind', 'unreachable');
  });

  it('is a hang-up if the broker reads CONNECT and closes without an answer', async () => {
    const peer = await tcpPeer(5);
    atEnd(peer.close);
    const { closed } = open({ address: peer.address, protocolVersion: 5 });
    const [far] = await peer.connections.filled(1);
    await far?.packets.filled(1);
    far?.cut();
    expect(await closed).to.deep.equal({ kind: 'hung-up' });
  });

  it('is unreachable if nothing listens', async () => {
    const peer = await tcpPeer(4);
    await peer.close();
    const { closed, reports } = open({ address: peer.address });
    const { port } = peer.address;
    const reason = { kind: 'unreachable', detail: `connect ECONNREFUSED 127.0.0.1:${port}` };
    expect(await closed).to.deep.equal(reason);
    expect(reports.items).to.deep.equal([{ kind: 'closed', reason }]);
  });

  it('is unreachable if the name does not resolve', async () => {
    const { closed } = open({ address: { protocol: 'mqtt', host: 'nobody.invalid', port: 1883, path: '/' } });
    expect(await closed).to.have.property('kind', 'unreachable');
  });

  it('is unreachable if another server answers the WebSocket request', async () => {
    const server = createServer((socket) => socket.end('HTTP/1.1 404 Not Found\r\n\r\n'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    atEnd(() => server.close());
    const bound = server.address();
    const port = bound !== null && typeof bound === 'object' ? bound.port : 0;
    const { closed } = open({ address: { protocol: 'ws', host: '127.0.0.1', port, path: '/' } });
    expect(await closed).to.deep.equal({ kind: 'unreachable', detail: 'Unexpected server response: 404' });
  });

  it('is unreachable, and throws nothing, if the address is unusable', async () => {
    const { closed, reports } = open({ address: { protocol: 'ws', host: 'no host', port: 80, path: '/' } });
    expect(reports.items, 'not before it returned').to.deep.equal([]);
    expect(await closed).to.have.property('kind', 'unreachable');
  });
});
