import type { Settings } from '../lib/config/settings.js';

/** How a broker sends. */
export interface BrokerTraits {
  /** Factor by which it exceeds Receive Maximum; 1 obeys it. */
  readonly overSends: number;
  /** Limit of unacknowledged publishes with MQTT 3.1.1, which has no Receive Maximum. */
  readonly inFlight: number;
  /** Resends an unacknowledged publish on the same connection after this time, ms; 0: never. */
  readonly resendMs: number;
  /** Packet ids: counted up, the lowest free one, or from 1 again on each connection. */
  readonly ids: 'count-up' | 'lowest' | 'renumber';
  /** Resends unacknowledged publishes behind newer ones after a reconnect. */
  readonly resendsLast: boolean;
  /** Length of its queue; it drops messages past that. */
  readonly queueLimit: number;
  readonly speaks5: boolean;
  /** Sends with QoS 2 what was published with QoS 2, as in a session that an earlier program subscribed that way. */
  readonly sendsQos2?: boolean;
}

/** An app and how cvmain reaches it. */
export interface AppPlan {
  readonly name: string;
  /** When it is registered, ms; Infinity: never. */
  readonly registeredFrom: number;
  /** Duration of a call for it, ms. */
  readonly answersIn: number;
}

/** Moments after which a fault may strike. */
export const moments = [
  'received',
  'call',
  'executed',
  'answered',
  'settled',
  'acknowledging',
  'append',
  'appended',
  'flush',
  'flushed',
  'truncate',
  'rename',
  'read',
  'open',
  'connected',
  'sync',
] as const;

export type Moment = (typeof moments)[number];

/** A message that the server sends. */
export interface Send {
  readonly kind: 'send';
  readonly id: number;
  readonly to: string;
  readonly qos: 0 | 1 | 2;
  readonly retain?: true;
  /** MQTT 5 message expiry interval, s. */
  readonly expiryS?: number;
  /** The envelope's timeout, ms. */
  readonly timeoutMs?: number;
  readonly bytes?: number;
  /** The server sends an equal command right after this one. */
  readonly twice?: true;
  readonly broken?: 'undecodable' | 'malformed-name' | 'too-large' | 'oversized';
  /** How cvmain answers calls for this message, whatever the app. */
  readonly poison?: 'fails' | 'refused' | 'hangs';
}

/** A fault or a change. Times are in ms. */
export type Fault =
  | { readonly kind: 'kill'; readonly downMs: number }
  | { readonly kind: 'power-cut'; readonly downMs: number; readonly clockMs: number }
  | { readonly kind: 'sigterm'; readonly downMs: number }
  | { readonly kind: 'sighup'; readonly settings: Partial<Settings> }
  | { readonly kind: 'cut'; readonly how: 'clean' | 'silent' | 'deaf' | 'mute'; readonly forMs: number }
  | { readonly kind: 'broker-restart'; readonly downMs: number }
  | { readonly kind: 'session-lost' }
  /** SUBSCRIBE is refused, or not answered. */
  | { readonly kind: 'subscribe-fails'; readonly how: 'refused' | 'unanswered'; readonly forMs: number }
  | { readonly kind: 'older-database'; readonly ageMs: number }
  | { readonly kind: 'token'; readonly fileAfterMs: number; readonly kicks: boolean }
  | { readonly kind: 'address'; readonly backMs: number }
  | { readonly kind: 'cvmain-restart'; readonly downMs: number }
  | { readonly kind: 'cvmain-hang'; readonly forMs: number }
  | { readonly kind: 'cvmain-slow-version'; readonly forMs: number }
  | {
      readonly kind: 'app-trouble';
      readonly app: string;
      readonly how: 'hangs' | 'slow' | 'fails' | 'refuses' | 'late';
      readonly forMs: number;
    }
  | { readonly kind: 'disk-full'; readonly forMs: number; readonly room: number }
  | { readonly kind: 'disk-fails'; readonly call: DiskCall; readonly times: number; readonly part: number }
  | { readonly kind: 'disk-slow'; readonly forMs: number; readonly ms: number }
  | { readonly kind: 'clock'; readonly byMs: number }
  | { readonly kind: 'unregister'; readonly app: string; readonly forMs: number }
  | { readonly kind: 'set-broken'; readonly forMs: number }
  | { readonly kind: 'set-gone'; readonly forMs: number };

/** `sync` flushes a directory; `other` is a `stat`, `close`, `mkdir` or `remove`, after which no fault strikes. */
export type DiskCall = 'append' | 'flush' | 'truncate' | 'read' | 'rename' | 'open' | 'sync' | 'other';

export type FaultKind = Fault['kind'];

/** All kinds of faults with their relative frequency; a run varies it. */
export const faultWeights: Readonly<Record<FaultKind, number>> = {
  kill: 4,
  'power-cut': 2,
  sigterm: 4,
  sighup: 3,
  cut: 5,
  'broker-restart': 2,
  'session-lost': 1,
  'subscribe-fails': 1,
  'older-database': 0.5,
  token: 2,
  address: 0.5,
  'cvmain-restart': 3,
  'cvmain-hang': 2,
  'cvmain-slow-version': 0.7,
  'app-trouble': 6,
  'disk-full': 2,
  'disk-fails': 4,
  'disk-slow': 1,
  clock: 1.5,
  unregister: 3,
  'set-broken': 1,
  'set-gone': 1,
};

export const faultKinds = Object.keys(faultWeights).filter((kind): kind is FaultKind => kind in faultWeights);

/** A message with the time at which the server sends it. */
export interface PlannedSend {
  readonly at: number;
  readonly what: Send;
}

/** A fault that strikes at its time, or after that at the next moment of a kind. */
export interface PlannedFault {
  readonly at: number;
  readonly what: Fault;
  readonly on?: Moment;
  /** Microtasks between the moment and the strike; only for a crash. */
  readonly turns?: number;
}

export type Planned = PlannedSend | PlannedFault;

export const isSend = (planned: Planned): planned is PlannedSend => planned.what.kind === 'send';

/** All inputs of a run: the same plan gives the same run. */
export interface Plan {
  readonly seed: number;
  readonly broker: BrokerTraits;
  readonly settings: Partial<Settings>;
  readonly toExternal: boolean;
  readonly apps: readonly AppPlan[];
  /** A time service says that the wall clock is right. */
  readonly timeServer: boolean;
  /** Longest delay of a packet, ms. */
  readonly packetMs: number;
  readonly diskMs: number;
  /** When all faults end, ms; from then on everything must settle. */
  readonly calmAt: number;
  /** In order of time. */
  readonly events: readonly Planned[];
}
