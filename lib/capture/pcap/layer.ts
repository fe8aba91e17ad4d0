/** The layers that can be unwrapped; a packet begins with one, and each says what is in it. */
export type Layer =
  | 'any IP'
  | 'ethernet'
  | 'ether type'
  | 'LLC'
  | 'loopback'
  | 'cooked'
  | 'cooked 2'
  | 'PPP'
  | 'PPPoE'
  | 'MPLS'
  | 'NSH'
  | 'GRE'
  | 'AH'
  | 'UDP'
  | 'TCP';

/** What is left of a packet. */
export interface Rest {
  readonly view: DataView;
  /** Where the layer begins. */
  readonly at: number;
  /** Where it ends by its outer layers; beyond `view` if the packet was cut when it was captured. */
  readonly end: number;
  /** The addresses of the innermost IP header. */
  readonly from: string;
  readonly to: string;
}

/** What a packet turned out to be, if not a TCP segment. */
export interface Seen {
  /** For people: `ARP`, `WLAN (802.11)`. */
  readonly what: string;
  /** Whether there might be MQTT in it. */
  readonly mayHide: boolean;
}

/** The next layer, or what the packet is. */
export type Next = ({ readonly layer: Layer } & Rest) | Seen;

/** Nothing in which MQTT could be. */
export const seen = (what: string): Seen => ({ what, mayHide: false });

/** Something that is not read, and might have MQTT in it. */
export const hidden = (what: string): Seen => ({ what, mayHide: true });

/** The next layer, `by` bytes after the start of this one. */
export const inner = (rest: Rest, layer: Layer, by: number): Next => ({ ...rest, layer, at: rest.at + by });
