import type { Sent } from '../ledger.js';

/** A message on its way to the unit. */
export interface Copy {
  readonly sent: Sent;
  readonly qos: 0 | 1 | 2;
  readonly retain: boolean;
}

/** One that is not acknowledged. */
export interface InFlight extends Copy {
  readonly packetId: number;
  sentAt: number;
  /** Its PUBREC was read: it is not sent again, PUBREL is until PUBCOMP comes [MQTT-4.3.3-6]. */
  isReleased: boolean;
}

/** What a broker keeps for the unit. */
export interface Session {
  subscribed: boolean;
  queue: Copy[];
  inFlight: Map<number, InFlight>;
  nextId: number;
}

/** One that nobody is subscribed in. */
export const newSession = (): Session => ({ subscribed: false, queue: [], inFlight: new Map(), nextId: 1 });

/** As it is now. */
export const copyOf = (session: Session | undefined): Session | undefined =>
  session && {
    ...session,
    queue: [...session.queue],
    inFlight: new Map([...session.inFlight].map(([id, each]) => [id, { ...each }])),
  };
