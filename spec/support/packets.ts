import { generate, type IPublishPacket, type Packet } from 'mqtt-packet';

/** A TCP segment made by a spec. */
export interface MadeSegment {
  readonly from: 'client' | 'broker';
  readonly seq: number;
  readonly ack?: number;
  readonly flags?: readonly ('syn' | 'fin' | 'rst')[];
  readonly data?: Uint8Array;
}

/** Link-layer headers, by link type. */
export const wrappers: Readonly<
  Record<string, { readonly linkType: number; readonly wrap: (ip: Buffer, version: 4 | 6) => Buffer }>
> = {
  ethernet: { linkType: 1, wrap: (ip, version) => Buffer.concat([Buffer.alloc(12), etherType(version), ip]) },
  'ethernet with two VLAN tags': {
    linkType: 1,
    wrap: (ip, version) =>
      Buffer.concat([
        Buffer.alloc(12),
        Buffer.from('88a80001810000020800', 'hex').subarray(0, 8),
        etherType(version),
        ip,
      ]),
  },
  'padded ethernet': {
    linkType: 1,
    wrap: (ip, version) => Buffer.concat([Buffer.alloc(12), etherType(version), ip, Buffer.alloc(20, 0x30)]),
  },
  'Linux cooked': {
    linkType: 113,
    wrap: (ip, version) => Buffer.concat([Buffer.alloc(14), etherType(version), ip]),
  },
  'Linux cooked 2': {
    linkType: 276,
    wrap: (ip, version) => Buffer.concat([etherType(version), Buffer.alloc(18), ip]),
  },
  'BSD loopback': {
    linkType: 0,
    wrap: (ip, version) => Buffer.concat([Buffer.from([version === 4 ? 2 : 30, 0, 0, 0]), ip]),
  },
  raw: { linkType: 101, wrap: (ip) => ip },
};

const etherType = (version: 4 | 6): Buffer => Buffer.from(version === 4 ? '0800' : '86dd', 'hex');

const ports = { client: 50_000, broker: 1883 } as const;

/** An IP packet that contains this segment. */
export const ipPacket = (
  segment: MadeSegment,
  version: 4 | 6,
  {
    client = ports.client,
    server = ports.broker,
  }: { readonly client?: number; readonly server?: number } = {},
): Buffer => {
  const { from, seq, ack, flags = [], data = new Uint8Array() } = segment;
  const tcp = Buffer.alloc(24);
  tcp.writeUInt16BE(from === 'client' ? client : server, 0);
  tcp.writeUInt16BE(from === 'client' ? server : client, 2);
  tcp.writeUInt32BE(seq >>> 0, 4);
  tcp.writeUInt32BE((ack ?? 0) >>> 0, 8);
  tcp[12] = 6 << 4;
  const bits = { syn: 2, fin: 1, rst: 4 } as const;
  tcp[13] = flags.reduce((sum, flag) => sum | bits[flag], ack === undefined ? 0 : 0x10);
  const hosts = from === 'client' ? [1, 2] : [2, 1];
  if (version === 4) {
    const ip = Buffer.alloc(20);
    ip[0] = 0x45;
    ip.writeUInt16BE(20 + tcp.length + data.length, 2);
    ip[9] = 6;
    for (const [at, host] of hosts.entries()) ip.set([10, 0, 0, host], 12 + 4 * at);
    return Buffer.concat([ip, tcp, data]);
  }
  // With a hop-by-hop options header before TCP.
  const ip = Buffer.alloc(48);
  ip[0] = 0x60;
  ip.writeUInt16BE(8 + tcp.length + data.length, 4);
  ip[6] = 0;
  for (const [at, host] of hosts.entries()) ip.set([0xfe, 0x80, host], 8 + 16 * at);
  ip[40] = 6;
  return Buffer.concat([ip, tcp, data]);
};

/** A packet of a capture file: its time since the epoch, and its bytes. */
export interface MadePacket {
  readonly timeMs: number;
  readonly bytes: Buffer;
  /** Its size on the wire, if it was cut. */
  readonly length?: number;
}

/** Capture file formats. */
export const formats: Readonly<Record<string, (linkType: number, packets: readonly MadePacket[]) => Buffer>> =
  {
    'pcap, little-endian, µs': (linkType, packets) => pcapFile(true, 0xa1b2c3d4, 1_000, linkType, packets),
    'pcap, big-endian, µs': (linkType, packets) => pcapFile(false, 0xa1b2c3d4, 1_000, linkType, packets),
    'pcap, little-endian, ns': (linkType, packets) => pcapFile(true, 0xa1b23c4d, 1e6, linkType, packets),
    'pcap, big-endian, ns': (linkType, packets) => pcapFile(false, 0xa1b23c4d, 1e6, linkType, packets),
    'pcap, patched': (linkType, packets) => pcapFile(true, 0xa1b2cd34, 1_000, linkType, packets, 8),
    'pcapng, little-endian': (linkType, packets) => pcapngFile(true, linkType, packets),
    'pcapng, big-endian': (linkType, packets) => pcapngFile(false, linkType, packets),
    'pcapng, obsolete blocks': (linkType, packets) => pcapngFile(true, linkType, packets, 2),
    'pcapng, obsolete blocks, big-endian': (linkType, packets) => pcapngFile(false, linkType, packets, 2),
  };

const numbers = (little: boolean, ...values: readonly number[]): Buffer => {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [at, value] of values.entries()) {
    if (little) bytes.writeUInt32LE(value >>> 0, at * 4);
    else bytes.writeUInt32BE(value >>> 0, at * 4);
  }
  return bytes;
};

const pcapFile = (
  little: boolean,
  magic: number,
  ticksPerMs: number,
  linkType: number,
  packets: readonly MadePacket[],
  moreHeader = 0,
): Buffer =>
  Buffer.concat([
    numbers(little, magic, 0x00040002, 0, 0, 262_144, linkType),
    ...packets.flatMap(({ timeMs, bytes, length = bytes.length }) => {
      const seconds = Math.floor(timeMs / 1000);
      const ticks = Math.round((timeMs - seconds * 1000) * ticksPerMs);
      const header = numbers(little, seconds, ticks, bytes.length, length);
      return [header, Buffer.alloc(moreHeader), bytes];
    }),
  ]);

/**
 * A pcapng file with two interfaces, of ticks of 2^-10 s and of 1 ns, that take turns, and a block of another kind between the
 * packets. `type`: of the blocks with packets, 6, or 2, which is obsolete.
 */
const pcapngFile = (
  little: boolean,
  linkType: number,
  packets: readonly MadePacket[],
  type: 2 | 6 = 6,
): Buffer => {
  const block = (type: number, ...parts: readonly Buffer[]): Buffer => {
    const body = Buffer.concat(parts);
    const padded = Buffer.concat([body, Buffer.alloc(-body.length & 3)]);
    const size = padded.length + 12;
    return Buffer.concat([numbers(little, type, size), padded, numbers(little, size)]);
  };
  const short = (...values: readonly number[]): Buffer =>
    Buffer.concat(
      values.map((value) => (little ? numbers(true, value) : numbers(false, value << 16)).subarray(0, 2)),
    );
  const resolution = (power: number): Buffer =>
    Buffer.concat([short(9, 1), Buffer.from([power, 0, 0, 0]), short(0, 0)]);
  const ticksPerS = [1024n, 1_000_000_000n] as const;
  return Buffer.concat([
    block(0x0a0d0d0a, numbers(little, 0x1a2b3c4d, 0x00000001, 0xffffffff, 0xffffffff)),
    block(1, short(linkType, 0), numbers(little, 262_144), resolution(0x8a)),
    block(1, short(linkType, 0), numbers(little, 262_144), resolution(9)),
    ...packets.flatMap(({ timeMs, bytes }, at) => {
      // Times that are not valid do not fit in ns.
      const from = at % 3 === 1 && timeMs < 1e13 ? 1 : 0;
      const ticks = (BigInt(Math.round(timeMs * 1000)) * ticksPerS[from]) / 1_000_000n;
      const time = [Number(ticks >> 32n), Number(ticks & 0xffffffffn)];
      const source = type === 6 ? numbers(little, from) : short(from, 0);
      return [
        block(5, numbers(little, 0, 0, 0)),
        block(type, source, numbers(little, ...time, bytes.length, bytes.length), bytes),
      ];
    }),
  ]);
};

/** The bytes of a packet. */
const mqttBytes = (packet: Packet, protocolVersion: 4 | 5): Buffer => generate(packet, { protocolVersion });

/** CONNECT, as a client sends it. */
export const connectBytes = (protocolVersion: 4 | 5): Buffer =>
  mqttBytes({ cmd: 'connect', clientId: 'c', protocolVersion, clean: true, keepalive: 60 }, protocolVersion);

/** A publish, as a broker sends it. */
export const publishBytes = (
  protocolVersion: 4 | 5,
  more: Partial<IPublishPacket> & { readonly topic: string },
): Buffer =>
  mqttBytes(
    { cmd: 'publish', payload: 'x', qos: 1, retain: false, dup: false, messageId: 1, ...more },
    protocolVersion,
  );
