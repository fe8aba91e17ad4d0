import { hidden, inner, type Layer, type Next, type Rest, seen } from './layer.js';
import { byEtherType } from './link-layers.js';

/** GRE (RFC 2784, 2890; version 1 of RFC 2637 has PPP in it), and ERSPAN in it. */
export const gre = (rest: Rest): Next => {
  const { view, at } = rest;
  const flags = view.getUint16(at);
  const has = (bit: number): boolean => (flags & bit) !== 0;
  const type = view.getUint16(at + 2);
  const isPptp = (flags & 7) === 1;
  let body = at + 4 + (has(0xc000) ? 4 : 0) + (has(0x2000) ? 4 : 0) + (has(0x1000) ? 4 : 0);
  if (isPptp && has(0x80)) body += 4;
  // Source routes: the last has a length of 0.
  if (has(0x4000)) {
    while (view.getUint8(body + 3) !== 0) body += 4 + view.getUint8(body + 3);
    body += 4;
  }
  const after = { ...rest, at: body };
  switch (type) {
    case 0:
      return seen('GRE keep-alive');
    case 0x88be: // ERSPAN: version I has no header, and no sequence number in GRE
      return inner(after, 'ethernet', has(0x1000) ? 8 : 0);
    case 0x22eb: // ERSPAN III
      return inner(after, 'ethernet', (view.getUint8(body + 11) & 1) === 1 ? 20 : 12);
    case 0x883e: // WCCP: version 2 has a header of its own
      return inner(after, 'any IP', view.getUint8(body) >> 4 === 4 ? 0 : 4);
    default:
      return byEtherType(type, after);
  }
};

/** UDP: the tunnels in it, by their ports; any other is only seen. */
export const udp = (rest: Rest): Next => {
  const { view, at } = rest;
  const body = { ...rest, at: at + 8 };
  const ports = [view.getUint16(at + 2), view.getUint16(at)];
  for (const port of ports) {
    const next = tunnels.get(port)?.(body);
    if (next !== undefined) return next;
  }
  return seen('UDP');
};

const vxlan = (rest: Rest): Next | undefined =>
  (rest.view.getUint8(rest.at) & 0x08) === 0 ? undefined : inner(rest, 'ethernet', 8);

const nextOfGpe = new Map<number, Layer>([
  [1, 'any IP'],
  [2, 'any IP'],
  [3, 'ethernet'],
  [4, 'NSH'],
]);

const vxlanGpe = (rest: Rest): Next | undefined => {
  const layer = nextOfGpe.get(rest.view.getUint8(rest.at + 3));
  return layer === undefined ? undefined : inner(rest, layer, 8);
};

const geneve = (rest: Rest): Next | undefined => {
  const { view, at } = rest;
  const options = (view.getUint8(at) & 0x3f) * 4;
  return view.getUint8(at) >> 6 === 0
    ? byEtherType(view.getUint16(at + 2), { ...rest, at: at + 8 + options })
    : undefined;
};

/** GTP-U (3GPP TS 29.281, 5.1): user data of a mobile network. */
const gtp = (rest: Rest): Next | undefined => {
  const { view, at } = rest;
  const flags = view.getUint8(at);
  if (flags >> 5 !== 1 || view.getUint8(at + 1) !== 255) return undefined;
  let body = at + 8;
  if ((flags & 7) !== 0) {
    body += 4;
    let type = (flags & 4) === 0 ? 0 : view.getUint8(body - 1);
    while (type !== 0) {
      body += Math.max(1, view.getUint8(body)) * 4;
      type = view.getUint8(body - 1);
    }
  }
  return { ...rest, layer: 'any IP', at: body };
};

/** L2TP (RFC 2661, 3.1): data messages have PPP in them. */
const l2tp = (rest: Rest): Next | undefined => {
  const { view, at } = rest;
  const flags = view.getUint16(at);
  if ((flags & 0xf) !== 2) return undefined;
  if (flags & 0x8000) return seen('L2TP control');
  let body = at + 6 + (flags & 0x4000 ? 2 : 0) + (flags & 0x0800 ? 4 : 0);
  if (flags & 0x0200) body += 2 + view.getUint16(body);
  return { ...rest, layer: 'PPP', at: body };
};

/** TZSP, of MikroTik's packet sniffer: tags, then Ethernet. */
const tzsp = (rest: Rest): Next | undefined => {
  const { view, at } = rest;
  if (view.getUint8(at) !== 1 || view.getUint16(at + 2) !== 1) return undefined;
  let body = at + 4;
  for (let tag = view.getUint8(body); tag !== 1; tag = view.getUint8(body))
    body += tag === 0 ? 1 : 2 + view.getUint8(body + 1);
  return { ...rest, layer: 'ethernet', at: body + 1 };
};

/** By port (IANA); 8472 is what Linux used for VXLAN before. */
const tunnels: ReadonlyMap<number, (rest: Rest) => Next | undefined> = new Map([
  [443, () => seen('QUIC')],
  [1194, () => hidden('OpenVPN')],
  [1701, l2tp],
  [1883, () => hidden('MQTT-SN (UDP)')],
  [2152, gtp],
  [3544, (rest) => inner(rest, 'any IP', 0)],
  [4500, () => hidden('IPsec')],
  [4754, (rest) => inner(rest, 'GRE', 0)],
  [4789, vxlan],
  [4790, vxlanGpe],
  [5247, () => hidden('CAPWAP')],
  [6081, geneve],
  [6635, (rest) => inner(rest, 'MPLS', 0)],
  [8472, vxlan],
  [37_008, tzsp],
  [51_820, () => hidden('WireGuard')],
]);
