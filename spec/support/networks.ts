import { wrappers } from './packets.js';

/** Wraps an IP packet into what a link has. */
type Wrap = (ip: Buffer, version: 4 | 6) => Buffer;

/** A link type, and how an IP packet looks on it. */
export interface Network {
  readonly linkType: number;
  readonly wrap: Wrap;
}

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');

const etherType = (version: 4 | 6): Buffer => hex(version === 4 ? '0800' : '86dd');

const macs = hex('020000000001 020000000002');

const tagged =
  (...tags: readonly string[]): Wrap =>
  (ip, version) =>
    Buffer.concat([macs, ...tags.map(hex), etherType(version), ip]);

/** An IPv4 packet of another protocol, between tunnel ends. */
const outer = (protocol: number, ...parts: readonly Buffer[]): Buffer => {
  const body = Buffer.concat(parts);
  const header = hex('4500 0000 0000 0000 4000 0000 c0a80001 c0a80002');
  header.writeUInt16BE(20 + body.length, 2);
  header[9] = protocol;
  return Buffer.concat([header, body]);
};

const udp = (port: number, ...parts: readonly Buffer[]): Buffer => {
  const body = Buffer.concat(parts);
  const header = hex('c001 0000 0000 0000');
  header.writeUInt16BE(port, 2);
  header.writeUInt16BE(8 + body.length, 4);
  return outer(17, header, body);
};

const ethernet: Wrap = (ip, version) => Buffer.concat([macs, etherType(version), ip]);

/** A tunnel, on Ethernet. */
const tunnel =
  (inside: Wrap): Wrap =>
  (ip, version) =>
    ethernet(inside(ip, version), 4);

const pppOf = (version: 4 | 6): Buffer => hex(version === 4 ? '0021' : '0057');

const withLength = (bytes: Buffer, at: number, length: number): Buffer => {
  bytes.writeUInt16BE(length, at);
  return bytes;
};

const pppoe: Wrap = (ip, version) =>
  Buffer.concat([withLength(hex('1100 0001 0000'), 4, 2 + ip.length), pppOf(version), ip]);

/** Networks that tshark reads, and so do we. */
export const networks: Readonly<Record<string, Network>> = {
  ...wrappers,
  'a VLAN tag': { linkType: 1, wrap: tagged('8100 0005') },
  QinQ: { linkType: 1, wrap: tagged('88a8 0001', '8100 0002') },
  'three VLAN tags': { linkType: 1, wrap: tagged('9100 0001', '8100 0002', '8100 0003') },
  SNAP: {
    linkType: 1,
    wrap: (ip, version) =>
      Buffer.concat([
        macs,
        withLength(hex('0000'), 0, 8 + ip.length),
        hex('aaaa03 000000'),
        etherType(version),
        ip,
      ]),
  },
  PPPoE: { linkType: 1, wrap: (ip, version) => Buffer.concat([macs, hex('8864'), pppoe(ip, version)]) },
  'PPPoE in a VLAN': {
    linkType: 1,
    wrap: (ip, version) => Buffer.concat([macs, hex('8100 0007 8864'), pppoe(ip, version)]),
  },
  'MPLS, two labels': {
    linkType: 1,
    wrap: (ip) => Buffer.concat([macs, hex('8847 00010040 00011140'), ip]),
  },
  'MPLS pseudowire': {
    linkType: 1,
    wrap: (ip, version) => Buffer.concat([macs, hex('8847 00011140 00000000'), ethernet(ip, version)]),
  },
  'MPLS pseudowire without a control word': {
    linkType: 1,
    wrap: (ip, version) => Buffer.concat([macs, hex('8847 00011140'), ethernet(ip, version)]),
  },
  'Linux cooked with a VLAN tag': {
    linkType: 113,
    wrap: (ip, version) =>
      Buffer.concat([hex('0000 0001 0006 020000000001 0000 8100 0005'), etherType(version), ip]),
  },
  'Linux cooked 2 with a VLAN tag': {
    linkType: 276,
    wrap: (ip, version) =>
      Buffer.concat([hex('8100 0000 00000002 0001 00 06 0200000000010000 0005'), etherType(version), ip]),
  },
  'BSD loopback, big-endian': {
    linkType: 0,
    wrap: (ip, version) => Buffer.concat([hex(version === 4 ? '00000002' : '0000001e'), ip]),
  },
  'OpenBSD loopback': {
    linkType: 108,
    wrap: (ip, version) => Buffer.concat([hex(version === 4 ? '00000002' : '00000018'), ip]),
  },
  PPP: { linkType: 9, wrap: (ip, version) => Buffer.concat([hex('ff03'), pppOf(version), ip]) },
  'PPP in HDLC framing': {
    linkType: 50,
    wrap: (ip, version) => Buffer.concat([hex('ff03'), pppOf(version), ip]),
  },
  'Cisco HDLC': {
    linkType: 104,
    wrap: (ip, version) => Buffer.concat([hex('0f00'), etherType(version), ip]),
  },
  'raw, by its other number': { linkType: 12, wrap: (ip) => ip },
  'IP in IP': { linkType: 1, wrap: tunnel((ip, version) => outer(version === 4 ? 4 : 41, ip)) },
  GRE: { linkType: 1, wrap: tunnel((ip, version) => outer(47, hex('0000'), etherType(version), ip)) },
  'GRE with checksum, key and number': {
    linkType: 1,
    wrap: tunnel((ip, version) =>
      outer(47, hex('b000'), etherType(version), hex('00000000 00000007 00000001'), ip),
    ),
  },
  NVGRE: {
    linkType: 1,
    wrap: tunnel((ip, version) => outer(47, hex('2000 6558 00000700'), ethernet(ip, version))),
  },
  'ERSPAN II': {
    linkType: 1,
    wrap: tunnel((ip, version) =>
      outer(47, hex('1000 88be 00000001 1001000100000000'), ethernet(ip, version)),
    ),
  },
  VXLAN: {
    linkType: 1,
    wrap: tunnel((ip, version) => udp(4789, hex('08000000 00000700'), ethernet(ip, version))),
  },
  GENEVE: {
    linkType: 1,
    wrap: tunnel((ip, version) => udp(6081, hex('0100 6558 00000700 01020000'), ethernet(ip, version))),
  },
  'GTP-U': {
    linkType: 1,
    wrap: tunnel((ip) => udp(2152, withLength(hex('30ff 0000 00000001'), 2, ip.length), ip)),
  },
  L2TP: {
    linkType: 1,
    wrap: tunnel((ip, version) => udp(1701, hex('0002 0001 0001 ff03'), pppOf(version), ip)),
  },
  'an Authentication Header': {
    linkType: 1,
    wrap: tunnel((ip, version) =>
      outer(
        51,
        hex(version === 4 ? '04' : '29'),
        hex('04 0000 00000001 00000001 000000000000000000000000'),
        ip,
      ),
    ),
  },
};
