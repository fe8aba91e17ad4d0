import type { Settings } from '../lib/config/settings.js';

/** How a broker goes about sending. */
export interface BrokerTraits {
  /** How many times what it was asked for may be unacknowledged at once; 1 keeps to Receive Maximum. */
  readonly overSends: number;
  /** With MQTT 3.1.1, which has no Receive Maximum. */
  readonly inFlight: number;
  /** What is unacknowledged is sent again on the same connection after so many ms; 0: never. */
  readonly resendMs: number;
  /** Packet ids: counted up, the lowest that is free, or from 1 again on each connection. */
  readonly ids: 'count-up' | 'lowest' | 'renumber';
  /** What was unacknowledged comes back behind newer messages. */
  readonly resendsLast: boolean;
  /** Past so many that wait it drops. */
  readonly queueLimit: number;
  readonly speaks5: boolean;
  /** What is published with QoS 2 comes with QoS 2, as to a session that an earlier program subscribed so. */
  readonly sendsQos2?: boolean;
}

/** An app, and how cvmain gets on with it. */
export interface AppPlan {
  readonly name: string;
  /** From when on it is registered, ms; Infinity: never. */
  readonly registeredFrom: number;
  /** What a call for it takes, ms. */
  readonly answersIn: number;
}

/** Where a fault strikes: right after the next one of these. */
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
  /** The same command is sent once more at once. */
  readonly twice?: true;
  readonly broken?: 'undecodable' | 'malformed-name' | 'too-large' | 'oversized';
  /** What cvmain does with it, whoever it is for. */
  readonly poison?: 'fails' | 'refused' | 'hangs';
}

/** What goes wrong, or changes. Times are in ms. */
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

export type DiskCall = 'append' | 'flush' | 'truncate' | 'read' | 'rename' | 'open';

export type FaultKind = Fault['kind'];

/** All kinds, and how often each is, beside what a run makes of it. */
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

/** A message that the server sends at its time. */
export interface PlannedSend {
  readonly at: number;
  readonly what: Send;
}

/** A fault that strikes at its time, or a little later, at the next moment of a kind. */
export interface PlannedFault {
  readonly at: number;
  readonly what: Fault;
  readonly on?: Moment;
  /** So many turns of the microtask queue later; only a crash is that exact. */
  readonly turns?: number;
}

export type Planned = PlannedSend | PlannedFault;

export const isSend = (planned: Planned): planned is PlannedSend => planned.what.kind === 'send';

/** All that a run is decided by: the rest follows. */
export interface Plan {
  readonly seed: number;
  readonly broker: BrokerTraits;
  readonly settings: Partial<Settings>;
  readonly toExternal: boolean;
  readonly apps: readonly AppPlan[];
  /** Where the wall clock is right, that is known. */
  readonly timeServer: boolean;
  /** The longest way of a packet, ms. */
  readonly lineMs: number;
  readonly diskMs: number;
  /** From here on nothing goes wrong, and all must settle. */
  readonly calmAt: number;
  /** By time. */
  readonly events: readonly Planned[];
}
