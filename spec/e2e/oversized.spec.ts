import { createHash } from 'node:crypto';
import { expect } from 'chai';
import { endingAfterTest } from '../rig/at-end.js';
import { startDaemon } from '../rig/daemon.js';
import { deadLetters } from '../rig/dead-letters.js';
import { username } from '../rig/login.js';
import { measured } from '../rig/measured.js';
import { memoryOf } from '../rig/memory.js';
import { type Rig, startRig, valueIn } from '../rig/rig.js';
import { accepted, publish } from '../support/connecting.js';
import { type Peer, type PeerConnection, tcpPeer, webSocketPeer } from '../support/mqtt-peer.js';

const megabyte = 1_048_576;
const topic = `s2u/${username}/command`;
const payload = Buffer.alloc(100_000_000, `{"function":"int1-open","body":"${'x'.repeat(69)}`);
const sha256 = createHash('sha256').update(payload).digest('hex');

/** The bytes of a PUBLISH of QoS 1 or 2 that `send` of a peer would refuse to create. */
const large = (version: 4 | 5, qos: 1 | 2, packetId: number): Buffer => {
  const head = Buffer.from([0, topic.length, ...Buffer.from(topic), packetId >> 8, packetId & 0xff]);
  const properties = version === 5 ? Buffer.of(0) : Buffer.alloc(0);
  const length = head.length + properties.length + payload.length;
  const header = [
    qos === 1 ? 0x32 : 0x34,
    ...[0, 7, 14, 21].map((shift) => ((length >> shift) & 0x7f) | 0x80),
  ];
  header[4] = (header[4] ?? 0) & 0x7f;
  return Buffer.concat([Buffer.from(header), head, properties, payload]);
};

describe('a PUBLISH of 100 MB', () => {
  const atEnd = endingAfterTest();

  /** The daemon, connected and subscribed at a peer. */
  async function served(peer: Peer, version: 4 | 5) {
    atEnd(peer.close);
    const { protocol, port } = peer.address;
    const rig: Rig = await startRig(atEnd, {
      brokerUrl: `${protocol}://127.0.0.1:${port}`,
      settings: { mqtt_version: version === 4 ? '3.1.1' : '5' },
      integrations: ['int1'],
    });
    const daemon = startDaemon(atEnd, rig.home);
    const far = await answers(peer);
    await daemon.logged('subscribed');
    return { rig, daemon, far };
  }

  async function answers(peer: Peer): Promise<PeerConnection> {
    const [far] = await peer.connections.filled(1);
    if (far === undefined) throw new Error('nobody connected');
    await far.packets.filled(1);
    far.send(accepted);
    const [, subscribe] = await far.packets.filled(2);
    far.send({ cmd: 'suback', messageId: subscribe?.messageId ?? 0, granted: [1] });
    return far;
  }

  for (const version of [4, 5] as const)
    for (const [line, peerOf, pieceBytes] of [
      ['TCP', tcpPeer, 1_000_000],
      ['a WebSocket, in messages of 1 MB', webSocketPeer, 1_000_000],
      ['a WebSocket, in one message', webSocketPeer, 101_000_000],
    ] as const)
      it(`takes little memory, and is a dead letter, with version ${version} over ${line}`, async () => {
        const { rig, daemon, far } = await served(await peerOf(version), version);
        const idle = await memoryOf(daemon.pid);
        const bytes = large(version, 1, 7);
        for (let at = 0; at < bytes.length; at += pieceBytes) far.write(bytes.subarray(at, at + pieceBytes));
        far.send(publish(8, { topic, payload: '{"function":"int1-open","body":"next"}' }));
        const packets = await far.packets.filled(4);
        expect(packets.slice(2).map(({ cmd, messageId }) => [cmd, messageId])).to.deep.equal([
          ['puback', 7],
          ['puback', 8],
        ]);
        const loaded = await memoryOf(daemon.pid);
        measured(`${version}, ${line}: ${((loaded.most - idle.now) / megabyte).toFixed(1)} MB over idle`);
        expect(loaded.most - idle.now, 'bytes over idle').to.be.at.most(16 * megabyte);
        const [notification] = await rig.received.filled('the next message', 1);
        expect(notification && valueIn(notification, 'body')).to.equal('next');
        const [letter, ...others] = await deadLetters(rig.home);
        expect(others).to.deep.equal([]);
        expect(letter).to.include({
          reason: 'too-large',
          topic,
          payload_bytes: payload.length,
          payload_sha256: sha256,
          payload: payload.toString('utf8', 0, 4_096),
        });
        expect(await daemon.stop()).to.include({ code: 0 });
      });

  it('that never arrives takes no memory, and does not hide a dead connection', async () => {
    const peer = await tcpPeer(4);
    atEnd(peer.close);
    const rig = await startRig(atEnd, {
      brokerUrl: `mqtt://127.0.0.1:${peer.address.port}`,
      settings: { mqtt_version: '3.1.1', keepalive_s: 4 },
    });
    const daemon = startDaemon(atEnd, rig.home);
    const far = await answers(peer);
    await daemon.logged('subscribed');
    const idle = await memoryOf(daemon.pid);
    far.write(Buffer.from([0x32, 0xff, 0xff, 0xff, 0x7f, 0, topic.length, ...Buffer.from(topic), 0, 7]));
    far.write(Buffer.alloc(1_000));
    expect(await daemon.logged('disconnected')).to.include({ reason: 'lost' });
    const loaded = await memoryOf(daemon.pid);
    expect(loaded.most - idle.now, 'bytes over idle').to.be.at.most(16 * megabyte);
  });
});
