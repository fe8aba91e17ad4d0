import { hidden, inner, type Layer, type Next, type Rest, seen } from './layer.js';

/** ETHERNET: two addresses before the EtherType. */
export const ethernet = (rest: Rest): Next => inner(rest, 'ether type', 12);

/** BSD loopback: the address family, in the byte order of the host that captured; IP says its version itself. */
export const loopback = (rest: Rest): Next => inner(rest, 'any IP', 4);

/** LINUX_SLL (`tcpdump -i any`): the EtherType ends the header. */
export const cooked = (rest: Rest): Next => inner(rest, 'ether type', 14);

/** LINUX_SLL2: the EtherType begins the header, and VLAN tags follow it. */
export const cooked2 = (rest: Rest): Next =>
  byEtherType(rest.view.getUint16(rest.at), { ...rest, at: rest.at + 20 });

/** An EtherType, and what it says. */
export const etherType = (rest: Rest): Next =>
  byEtherType(rest.view.getUint16(rest.at), { ...rest, at: rest.at + 2 });

/** What follows an EtherType (IEEE 802 numbers of IANA). Below 1,536, it is a length, or 1 and 4 of LINUX_SLL: LLC follows. */
export const byEtherType = (type: number, rest: Rest): Next => {
  switch (type) {
    case 0x0800:
    case 0x86dd:
      return inner(rest, 'any IP', 0);
    // A tag: VLAN, QinQ in several spellings, IEEE 802.1BR, VN-Tag.
    case 0x8100:
    case 0x88a8:
    case 0x9100:
    case 0x9200:
    case 0x9300:
      return inner(rest, 'ether type', 2);
    case 0x8926:
      return inner(rest, 'ether type', 4);
    case 0x893f:
      return inner(rest, 'ether type', 6);
    case 0x6558:
      return inner(rest, 'ethernet', 0);
    case 0x8847:
    case 0x8848:
      return inner(rest, 'MPLS', 0);
    case 0x8864:
      return inner(rest, 'PPPoE', 0);
    case 0x880b:
      return inner(rest, 'PPP', 0);
    case 0x894f:
      return inner(rest, 'NSH', 0);
    case 0x0806:
      return seen('ARP');
    case 0x8035:
      return seen('RARP');
    case 0x8863:
      return seen('PPPoE discovery');
    case 0x88cc:
      return seen('LLDP');
    case 0x888e:
      return seen('EAPOL');
    case 0x88e5:
      return hidden('MACsec');
    default:
      return type < 1536
        ? inner(rest, 'LLC', 0)
        : hidden(`EtherType 0x${type.toString(16).padStart(4, '0')}`);
  }
};

/** IEEE 802.2: SNAP has an EtherType, and 6 is IP. */
export const llc = (rest: Rest): Next => {
  const { view, at } = rest;
  const saps = view.getUint16(at);
  if (saps === 0xaaaa) return inner(rest, 'ether type', 6);
  return saps === 0x0606 ? inner(rest, 'any IP', 3) : seen('LLC (802.2)');
};

/** PPPoE of a session (RFC 2516): six bytes, then PPP. */
export const pppoe = (rest: Rest): Next => {
  const { view, at, end } = rest;
  const length = view.getUint16(at + 4);
  return { ...rest, layer: 'PPP', at: at + 6, end: Math.min(end, at + 6 + length) };
};

/** PPP (RFC 1661), with or without address and control, and with a protocol of one or two bytes. */
export const ppp = (rest: Rest): Next => {
  const { view } = rest;
  const start = view.getUint16(rest.at) === 0xff03 ? rest.at + 2 : rest.at;
  const isShort = (view.getUint8(start) & 1) === 1;
  const protocol = isShort ? view.getUint8(start) : view.getUint16(start);
  const body = { ...rest, at: start + (isShort ? 1 : 2) };
  switch (protocol) {
    case 0x21:
    case 0x57:
      return inner(body, 'any IP', 0);
    case 0x281:
    case 0x283:
      return inner(body, 'MPLS', 0);
    default:
      return protocol >= 0x8000 ? seen('PPP control') : hidden('PPP, compressed or encrypted');
  }
};

const usualTypes = new Set([0x0800, 0x86dd, 0x8100, 0x88a8]);

/** MPLS (RFC 3032): labels up to the bottom of the stack, then IP, or Ethernet, after a control word or not (RFC 4385). */
export const mpls = (rest: Rest): Next => {
  const { view } = rest;
  let { at } = rest;
  while ((view.getUint8(at + 2) & 1) === 0) at += 4;
  const body = { ...rest, at: at + 4 };
  switch (view.getUint8(body.at) >> 4) {
    case 4:
    case 6:
      return inner(body, 'any IP', 0);
    case 0:
      // A control word, or an address.
      return inner(body, 'ethernet', usualTypes.has(view.getUint16(body.at + 12)) ? 0 : 4);
    case 1:
      return seen('MPLS control');
    default:
      return inner(body, 'ethernet', 0);
  }
};

/** Network Service Header (RFC 8300): its length in words of four bytes. */
export const nsh = (rest: Rest): Next => {
  const { view, at } = rest;
  const by = (view.getUint8(at + 1) & 0x3f) * 4;
  const layer = nextOfNsh.get(view.getUint8(at + 3));
  return layer === undefined ? hidden('NSH') : inner(rest, layer, by);
};

const nextOfNsh = new Map<number, Layer>([
  [1, 'any IP'],
  [2, 'any IP'],
  [3, 'ethernet'],
  [5, 'MPLS'],
]);
