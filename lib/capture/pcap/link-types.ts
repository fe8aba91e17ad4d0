import { hidden, type Layer, type Seen, seen } from './layer.js';

/** What a packet of a link type begins with (tcpdump.org/linktypes.html). */
export type Link = { readonly layer: Layer; readonly by: number } | Seen;

const links: ReadonlyMap<number, Link> = new Map<number, Link>([
  [0, { layer: 'loopback', by: 0 }], // NULL
  [1, { layer: 'ethernet', by: 0 }],
  [8, { layer: 'any IP', by: 0 }], // SLIP, as libpcap gives it
  [9, { layer: 'PPP', by: 0 }],
  [12, { layer: 'any IP', by: 0 }], // RAW, as some systems number it
  [14, { layer: 'any IP', by: 0 }],
  [50, { layer: 'PPP', by: 0 }], // PPP_HDLC
  [51, { layer: 'PPPoE', by: 0 }], // PPP_ETHER
  [101, { layer: 'any IP', by: 0 }],
  [104, { layer: 'ether type', by: 2 }], // C_HDLC
  [105, hidden('WLAN (802.11)')],
  [108, { layer: 'loopback', by: 0 }], // LOOP
  [109, { layer: 'any IP', by: 12 }], // ENC, of OpenBSD
  [113, { layer: 'cooked', by: 0 }], // LINUX_SLL
  [119, hidden('WLAN (802.11)')], // with a Prism header
  [127, hidden('WLAN (802.11)')], // with radiotap
  [143, hidden('DOCSIS')],
  [163, hidden('WLAN (802.11)')], // with an AVS header
  [187, seen('Bluetooth')],
  [189, seen('USB')],
  [192, hidden('WLAN (802.11)')], // with a PPI header
  [195, hidden('802.15.4')],
  [201, seen('Bluetooth')],
  [204, { layer: 'PPP', by: 1 }], // PPP_WITH_DIR
  [220, seen('USB')],
  [227, seen('CAN')],
  [228, { layer: 'any IP', by: 0 }],
  [229, { layer: 'any IP', by: 0 }],
  [230, hidden('802.15.4')],
  [242, hidden('IP over InfiniBand')],
  [249, seen('USB')],
  [251, seen('Bluetooth')],
  [252, hidden('exported PDUs of Wireshark')],
  [253, seen('Netlink')],
  [254, seen('Bluetooth')],
  [272, seen('Bluetooth')],
  [276, { layer: 'cooked 2', by: 0 }], // LINUX_SLL2
]);

/** What a packet of this link type begins with; for an unknown type, that it is not read. */
export const linkOf = (linkType: number | undefined): Link =>
  linkType === undefined
    ? hidden('an interface that the file does not describe')
    : (links.get(linkType) ?? hidden(`link type ${linkType}`));
