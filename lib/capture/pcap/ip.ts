import type { Fragment, FragmentStore } from './fragments.js';
import { hidden, inner, type Layer, type Next, type Rest, type Seen, seen } from './layer.js';

/** IPv4 or IPv6, as its first bits say. Fragments are put together; undefined while one is missing. */
export const anyIp = (rest: Rest, fragments: FragmentStore): Next | undefined => {
  const version = rest.view.getUint8(rest.at) >> 4;
  if (version === 4) return ipv4(rest, fragments);
  return version === 6 ? ipv6(rest, fragments) : seen('neither IPv4 nor IPv6');
};

const ipv4 = (rest: Rest, fragments: FragmentStore): Next | undefined => {
  const { view, at } = rest;
  const header = (view.getUint8(at) & 0xf) * 4;
  const total = view.getUint16(at + 2);
  if (header < 20 || (total !== 0 && total < header)) return seen('malformed IP');
  // 0 with segmentation offload: the network card sets it later.
  const end = total === 0 ? rest.end : Math.min(rest.end, at + total);
  const protocol = view.getUint8(at + 9);
  const body = { ...rest, at: at + header, end, ...hosts(view, at + 12, 4) };
  const bits = view.getUint16(at + 6);
  if ((bits & 0x3fff) === 0) return byProtocol(protocol, body);
  const id = `${view.getUint16(at + 4)} ${protocol}`;
  return joined(
    body,
    protocol,
    { id, offset: (bits & 0x1fff) * 8, isLast: (bits & 0x2000) === 0 },
    fragments,
  );
};

const ipv6 = (rest: Rest, fragments: FragmentStore): Next | undefined => {
  const { view, at } = rest;
  const length = view.getUint16(at + 4);
  // 0 with a jumbo payload (RFC 2675) and with segmentation offload.
  const end = length === 0 ? rest.end : Math.min(rest.end, at + 40 + length);
  const body = { ...rest, at: at + 40, end, ...hosts(view, at + 8, 16) };
  return ipv6Header(view.getUint8(at + 6), body, fragments);
};

/** Extension headers to skip (RFC 8200, 4): hop-by-hop, routing, destination options, mobility, HIP, shim6. */
const extensions = new Set([0, 43, 60, 135, 139, 140]);

const fragmentHeader = 44;

const ipv6Header = (first: number, start: Rest, fragments: FragmentStore): Next | undefined => {
  const { view } = start;
  let next = first;
  let { at } = start;
  for (;;) {
    if (extensions.has(next)) {
      next = view.getUint8(at);
      at += (view.getUint8(at + 1) + 1) * 8;
    } else if (next === fragmentHeader) {
      const bits = view.getUint16(at + 2);
      const id = `${view.getUint32(at + 4)}`;
      next = view.getUint8(at);
      at += 8;
      // A whole packet in one fragment (RFC 6946) needs no others.
      if ((bits & 0xfff9) === 0) continue;
      const fragment = { id, offset: bits & 0xfff8, isLast: (bits & 1) === 0 };
      return joined({ ...start, at }, next, fragment, fragments);
    } else return byProtocol(next, { ...start, at });
  }
};

/** The layer in the packet to which a fragment belongs, once all are there. */
const joined = (
  body: Rest,
  protocol: number,
  place: Pick<Fragment, 'id' | 'offset' | 'isLast'>,
  fragments: FragmentStore,
): Next | undefined => {
  const { view, at, end, from, to } = body;
  const captured = Math.max(0, Math.min(end, view.byteLength) - at);
  const whole = fragments.take({
    ...place,
    id: `${from} ${to} ${place.id}`,
    protocol,
    length: end - at,
    data: new Uint8Array(view.buffer, view.byteOffset + at, captured),
  });
  if (whole === undefined) return undefined;
  const { data, length } = whole;
  const rest = {
    view: new DataView(data.buffer, data.byteOffset, data.length),
    at: 0,
    end: length,
    from,
    to,
  };
  return extensions.has(whole.protocol)
    ? ipv6Header(whole.protocol, rest, fragments)
    : byProtocol(whole.protocol, rest);
};

/** What an IP packet of this protocol has in it (protocol numbers of IANA). */
const byProtocol = (protocol: number, rest: Rest): Next => {
  const known = protocols.get(protocol);
  if (known === undefined) return hidden(`IP protocol ${protocol}`);
  return 'what' in known ? known : inner(rest, known.layer, known.by);
};

const protocols: ReadonlyMap<number, Seen | { readonly layer: Layer; readonly by: number }> = new Map<
  number,
  Seen | { readonly layer: Layer; readonly by: number }
>([
  [1, seen('ICMP')],
  [2, seen('IGMP')],
  [4, { layer: 'any IP', by: 0 }],
  [6, { layer: 'TCP', by: 0 }],
  [17, { layer: 'UDP', by: 0 }],
  [41, { layer: 'any IP', by: 0 }],
  [47, { layer: 'GRE', by: 0 }],
  [50, hidden('IPsec')],
  [51, { layer: 'AH', by: 0 }],
  [58, seen('ICMPv6')],
  [59, seen('IPv6 without content')],
  [89, seen('OSPF')],
  [97, { layer: 'ethernet', by: 2 }], // EtherIP
  [103, seen('PIM')],
  [112, seen('VRRP')],
  [132, seen('SCTP')],
  [137, { layer: 'MPLS', by: 0 }],
]);

/** IPsec's Authentication Header (RFC 4302): not encrypted. */
export const authenticationHeader = (rest: Rest): Next => {
  const { view, at } = rest;
  return byProtocol(view.getUint8(at), { ...rest, at: at + (view.getUint8(at + 1) + 2) * 4 });
};

/** The addresses: IPv4 with dots, IPv6 as RFC 5952 writes it. */
const hosts = (
  view: DataView,
  at: number,
  length: 4 | 16,
): { readonly from: string; readonly to: string } => {
  // Throws a RangeError if the header is cut off.
  view.getUint8(at + 2 * length - 1);
  const [from, to] = [at, at + length].map((start) => address(view, start, length));
  return { from: from ?? '', to: to ?? '' };
};

const address = (view: DataView, at: number, length: 4 | 16): string => {
  if (length === 4)
    return `${view.getUint8(at)}.${view.getUint8(at + 1)}.${view.getUint8(at + 2)}.${view.getUint8(at + 3)}`;
  const groups = Array.from({ length: 8 }, (_, group) => view.getUint16(at + 2 * group).toString(16)).join(
    ':',
  );
  // The longest run of at least two zero groups is left out; the first of those of equal length.
  const [longest] = [...groups.matchAll(/(?<![^:])0(?::0)+(?![^:])/g)].sort(
    ([one], [other]) => other.length - one.length,
  );
  if (longest === undefined) return groups;
  const before = groups.slice(0, longest.index).replace(/:$/, '');
  const after = groups.slice(longest.index + longest[0].length).replace(/^:/, '');
  return `${before}::${after}`;
};
