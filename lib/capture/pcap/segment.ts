import { FragmentStore } from './fragments.js';
import { anyIp, authenticationHeader } from './ip.js';
import { type Layer, type Next, type Rest, type Seen, seen } from './layer.js';
import { cooked, cooked2, ethernet, etherType, llc, loopback, mpls, nsh, ppp, pppoe } from './link-layers.js';
import { linkOf } from './link-types.js';
import type { FilePacket } from './step.js';
import { gre, udp } from './tunnels.js';

/** One end of a connection. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/** `host:port`, with brackets around IPv6. */
export const endpointText = ({ host, port }: Endpoint): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;

/** A TCP segment, with the captured part of its data. */
export interface Segment {
  readonly from: Endpoint;
  readonly to: Endpoint;
  readonly seq: number;
  /** The acknowledgement number; undefined without ACK. */
  readonly ack: number | undefined;
  readonly syn: boolean;
  readonly fin: boolean;
  readonly rst: boolean;
  readonly data: Uint8Array;
  /** The size of its data, bytes: more than `data` if it was cut when it was captured. */
  readonly length: number;
}

/** More layers than any network has. */
const maxLayers = 32;

/** Finds the TCP segments in the packets of a file, through tunnels and fragments. */
export class SegmentReader {
  readonly #fragments = new FragmentStore();

  /** How many IP packets have fragments missing. */
  get fragmented(): number {
    return this.#fragments.missing;
  }

  /** The segment in a packet, or what the packet is; undefined for a fragment whose others are still missing. */
  take({
    linkType,
    data,
    length,
  }: Pick<FilePacket, 'linkType' | 'data' | 'length'>): Segment | Seen | undefined {
    const link = linkOf(linkType);
    if ('what' in link) return link;
    const view = new DataView(data.buffer, data.byteOffset, data.length);
    let next: Next | undefined = { layer: link.layer, view, at: link.by, end: length, from: '', to: '' };
    try {
      for (let depth = 0; depth < maxLayers; depth += 1) {
        if (next === undefined || 'what' in next) return next;
        if (next.layer === 'TCP') return segmentIn(next);
        next = next.layer === 'any IP' ? anyIp(next, this.#fragments) : layers[next.layer](next);
      }
      return seen('too many layers');
    } catch (error) {
      // A field is beyond the captured part.
      if (error instanceof RangeError) return { what: 'cut-off headers', mayHide: true };
      throw error;
    }
  }
}

const layers: Readonly<Record<Exclude<Layer, 'any IP' | 'TCP'>, (rest: Rest) => Next>> = {
  ethernet,
  'ether type': etherType,
  LLC: llc,
  loopback,
  cooked,
  'cooked 2': cooked2,
  PPP: ppp,
  PPPoE: pppoe,
  MPLS: mpls,
  NSH: nsh,
  GRE: gre,
  AH: authenticationHeader,
  UDP: udp,
};

const segmentIn = ({ view, at, end, from, to }: Rest): Segment | Seen => {
  const header = (view.getUint8(at + 12) >> 4) * 4;
  const flags = view.getUint8(at + 13);
  if (header < 20 || at + header > end) return seen('malformed TCP');
  const start = Math.min(at + header, view.byteLength);
  const captured = Math.max(0, Math.min(end, view.byteLength) - start);
  return {
    from: { host: from, port: view.getUint16(at) },
    to: { host: to, port: view.getUint16(at + 2) },
    seq: view.getUint32(at + 4),
    ack: flags & 0x10 ? view.getUint32(at + 8) : undefined,
    syn: (flags & 0x02) !== 0,
    fin: (flags & 0x01) !== 0,
    rst: (flags & 0x04) !== 0,
    data: new Uint8Array(view.buffer, view.byteOffset + start, captured),
    length: end - at - header,
  };
};
