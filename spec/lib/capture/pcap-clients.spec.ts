import { expect } from 'chai';
import { generate } from 'mqtt-packet';
import type { ClientChoice } from '../../../lib/capture/pcap/clients.js';
import { pcap } from '../../../lib/capture/pcap.js';
import { allOf, inPieces } from '../../support/captures.js';
import { formats, ipPacket, type MadeSegment, publishBytes } from '../../support/packets.js';

const connect = (clientId: string): Buffer =>
  generate({ cmd: 'connect', clientId, protocolVersion: 4, clean: true, keepalive: 60 });

const connack = Buffer.from('20020000', 'hex');

/** A packet of a connection from this port. */
type Packet = readonly [port: number, segment: MadeSegment];

const connection = (
  port: number,
  clientId: string | undefined,
  topics: readonly string[],
  more: { readonly up?: Buffer } = {},
): readonly Packet[] => {
  const hello = clientId === undefined ? Buffer.alloc(0) : connect(clientId);
  const up = Buffer.concat([hello, more.up ?? Buffer.alloc(0)]);
  let seq = clientId === undefined ? 905 : 901;
  const messages = topics.map((topic) => publishBytes(4, { topic }));
  const said = clientId === undefined ? messages : [connack, ...messages];
  const start: readonly MadeSegment[] =
    clientId === undefined
      ? []
      : [
          { from: 'client', seq: 100, flags: ['syn'] },
          { from: 'broker', seq: 900, ack: 101, flags: ['syn'] },
        ];
  const segments: readonly MadeSegment[] = [
    ...start,
    ...(up.length > 0 ? [{ from: 'client', seq: 101, ack: 901, data: up } as const] : []),
    ...said.map((data): MadeSegment => {
      const segment = { from: 'broker', seq, ack: 101 + up.length, data } as const;
      seq += data.length;
      return segment;
    }),
    { from: 'client', seq: 101 + up.length, ack: seq },
  ];
  return segments.map((segment) => [port, segment]);
};

const read = async (packets: readonly Packet[], choice: ClientChoice = {}): Promise<readonly string[]> => {
  const write = formats['pcap, little-endian, µs'] ?? (() => Buffer.alloc(0));
  const file = write(
    101,
    packets.map(([client, segment], at) => ({
      timeMs: 1.7e12 + at,
      bytes: ipPacket(segment, 4, { client }),
    })),
  );
  return (await allOf(pcap(inPieces(file, []), choice))).map((record) => {
    if (record.kind === 'publish') return record.publish.topic;
    return 'detail' in record ? record.detail : record.kind;
  });
};

describe('pcap: several clients', () => {
  const daemon = connection(50_001, 'cvmqtt-cv1', ['a']);
  const tap = connection(50_002, 'cvmqtt-tap-0a1b2c3d', ['a', 'b']);
  const other = connection(50_003, 'x', ['a', 'b', 'c']);

  it('are one, the daemon; a line says how many there are', async () => {
    expect(await read([...tap, ...daemon, ...other])).to.deep.equal([
      '3 clients: x (10.0.0.1) with 3 messages, cvmqtt-tap-0a1b2c3d (10.0.0.1) with 2 messages, cvmqtt-cv1 (10.0.0.1) with 1 message: taking cvmqtt-cv1 (10.0.0.1), the daemon; choose with --client',
      'a',
    ]);
  });

  it('are the busiest one, without the daemon', async () => {
    const all = await read([...tap, ...other]);
    expect(all[0]).to.contain('taking x (10.0.0.1), the busiest');
    expect(all.slice(1)).to.deep.equal(['a', 'b', 'c']);
  });

  it('are the daemon of the configuration, though it received nothing', async () => {
    const silent = connection(50_004, 'cvmqtt-cv2', []);
    const all = await read([...daemon, ...silent], { daemon: 'cvmqtt-cv2' });
    expect(all).to.have.length(1);
    expect(all[0]).to.contain('taking cvmqtt-cv2 (10.0.0.1), the daemon');
  });

  it('are those that are asked for, by id or by address', async () => {
    const all = [...daemon, ...tap, ...other];
    expect((await read(all, { client: 'x' })).slice(1)).to.deep.equal(['a', 'b', 'c']);
    expect((await read(all, { client: '10.0.0.1' })).slice(1)).to.deep.equal(['a']);
    const unnamed = [...connection(50_009, undefined, ['z']), ...other];
    expect((await read(unnamed, { client: '10.0.0.1:50009' })).slice(1)).to.deep.equal(['z']);
    expect((await read(all, { client: 'y' }))[0]).to.match(/^no client is y: 3 clients: x/);
  });

  it('are one and the same if it reconnects, also where the first CONNECT was not captured', async () => {
    const again = connection(50_006, 'cvmqtt-cv1', ['b']);
    expect(await read([...daemon, ...again])).to.deep.equal(['a', 'b']);
    expect(await read([...connection(50_007, undefined, ['z']), ...again])).to.deep.equal(['z', 'b']);
  });

  it('are not the same if one connects while the other is still connected', async () => {
    const first = connection(50_007, undefined, ['z']);
    const all = await read([...first.slice(0, 1), ...connection(50_006, 'x', ['a', 'b']), ...first.slice(1)]);
    expect(all[0]).to.contain('2 clients: x (10.0.0.1) with 2 messages, 10.0.0.1:50007 with 1 message');
    expect(all.slice(1)).to.deep.equal(['a', 'b']);
  });

  it('that only publish: their messages are named, and left out', async () => {
    const up = Buffer.concat([publishBytes(4, { topic: 'a' }), publishBytes(4, { topic: 'q' })]);
    const server = connection(50_008, 'server', [], { up });
    expect(await read([...server, ...connection(50_001, 'x', ['a'])])).to.deep.equal([
      'a',
      '1 message only went to the broker, on q: left out',
    ]);
    expect(await read(server)).to.deep.equal([
      '2 messages only went to the broker, on a and others: left out',
      'no message to a client in it: 1 connection to 10.0.0.2:1883 with MQTT',
    ]);
  });
});
