/** A TCP segment, with the captured part of its data. */
export interface Segment {
  /** `address:port`, in one notation, so that it identifies the endpoint. */
  readonly from: string;
  readonly to: string;
  readonly fromPort: number;
  readonly toPort: number;
  readonly seq: number;
  /** The acknowledgement number; undefined without ACK. */
  readonly ack: number | undefined;
  readonly syn: boolean;
  readonly fin: boolean;
  readonly rst: boolean;
  readonly data: Uint8Array;
}

/** The TCP segment in a packet; undefined if there is none or its headers are cut off. */
export const segmentOf = (linkType: number, data: Uint8Array): Segment | undefined => {
  const view = new DataView(data.buffer, data.byteOffset, data.length);
  try {
    const at = networkLayerAt(linkType, view);
    return at === undefined ? undefined : segmentIn(view, at, data);
  } catch (error) {
    // A field is beyond the captured part.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
};

const ipv4 = 0x0800;
const ipv6 = 0x86dd;
const vlans = new Set([0x8100, 0x88a8, 0x9100]);

/** The offset of the IP header (tcpdump.org/linktypes.html); undefined if there is none. */
const networkLayerAt = (linkType: number, view: DataView): number | undefined => {
  switch (linkType) {
    case 0: // NULL: the address family of BSD's loopback, in the byte order of the host
    case 108: // LOOP
      return 4;
    case 1: // ETHERNET
      return behindTags(view, 12);
    case 12: // RAW, as some systems number it
    case 14:
    case 101: // RAW
    case 228: // IPV4
    case 229: // IPV6
      return 0;
    case 113: // LINUX_SLL
      return behindTags(view, 14);
    case 276: // LINUX_SLL2
      return isIp(view.getUint16(0)) ? 20 : undefined;
    default:
      return undefined;
  }
};

const isIp = (protocol: number): boolean => protocol === ipv4 || protocol === ipv6;

const behindTags = (view: DataView, at: number): number | undefined => {
  let type = at;
  while (vlans.has(view.getUint16(type))) type += 4;
  return isIp(view.getUint16(type)) ? type + 2 : undefined;
};

const tcp = 6;

const segmentIn = (view: DataView, at: number, bytes: Uint8Array): Segment | undefined => {
  const version = view.getUint8(at) >> 4;
  if (version === 4) {
    const header = (view.getUint8(at) & 0xf) * 4;
    const total = view.getUint16(at + 2);
    const isFragment = (view.getUint16(at + 6) & 0x3fff) !== 0;
    if (view.getUint8(at + 9) !== tcp || isFragment || header < 20) return undefined;
    // 0 with segmentation offload: the network card sets it later.
    const end = total === 0 ? bytes.length : Math.min(bytes.length, at + total);
    return tcpIn(view, at + header, end, address(bytes, at + 12, 4), address(bytes, at + 16, 4));
  }
  if (version !== 6) return undefined;
  const length = view.getUint16(at + 4);
  const end = length === 0 ? bytes.length : Math.min(bytes.length, at + 40 + length);
  let next = view.getUint8(at + 6);
  let header = at + 40;
  while (extensions.has(next)) {
    next = view.getUint8(header);
    header += (view.getUint8(header + 1) + 1) * 8;
  }
  return next === tcp
    ? tcpIn(view, header, end, address(bytes, at + 8, 16), address(bytes, at + 24, 16))
    : undefined;
};

/** Extension headers to skip: hop-by-hop options, routing, destination options. */
const extensions = new Set([0, 43, 60]);

const tcpIn = (
  view: DataView,
  at: number,
  end: number,
  source: string,
  target: string,
): Segment | undefined => {
  const [fromPort, toPort] = [view.getUint16(at), view.getUint16(at + 2)];
  const header = (view.getUint8(at + 12) >> 4) * 4;
  const flags = view.getUint8(at + 13);
  if (header < 20) return undefined;
  const from = Math.min(at + header, end);
  return {
    from: `${source}:${fromPort}`,
    to: `${target}:${toPort}`,
    fromPort,
    toPort,
    seq: view.getUint32(at + 4),
    ack: flags & 0x10 ? view.getUint32(at + 8) : undefined,
    syn: (flags & 0x02) !== 0,
    fin: (flags & 0x01) !== 0,
    rst: (flags & 0x04) !== 0,
    data: new Uint8Array(view.buffer, view.byteOffset + from, end - from),
  };
};

const address = (bytes: Uint8Array, at: number, length: number): string => {
  if (at + length > bytes.length) throw new RangeError('the address is cut off');
  const part = bytes.subarray(at, at + length);
  return length === 4 ? part.join('.') : `[${Buffer.from(part).toString('hex')}]`;
};
