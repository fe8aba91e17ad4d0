import { forgetReceipt, type Sent } from '../ledger.js';
import type { BrokerTraits } from '../plan.js';

/** One delivery of a message to the unit. */
export interface Copy {
  readonly sent: Sent;
  readonly qos: 0 | 1 | 2;
  readonly retain: boolean;
}

/** A delivery that is not acknowledged. */
export interface InFlight extends Copy {
  readonly packetId: number;
  sentAt: number;
  /** Its PUBREC was read: it is not sent again, PUBREL is until PUBCOMP comes [MQTT-4.3.3-6]. */
  isReleased: boolean;
}

/** The session that a broker keeps for the unit. */
export interface Session {
  subscribed: boolean;
  queue: Copy[];
  inFlight: Map<number, InFlight>;
  nextId: number;
}

/** A new session without a subscription. */
export const newSession = (): Session => ({ subscribed: false, queue: [], inFlight: new Map(), nextId: 1 });

/** A copy of the session; undefined stays undefined. */
export const copyOf = (session: Session | undefined): Session | undefined =>
  session && {
    ...session,
    queue: [...session.queue],
    inFlight: new Map([...session.inFlight].map(([id, each]) => [id, { ...each }])),
  };

/** Messages in the session that are not acknowledged, one entry for each copy. */
export const waitingIn = (session: Session | undefined): readonly Sent[] => {
  if (session === undefined) return [];
  const inFlight = [...session.inFlight.values()].filter(({ isReleased }) => !isReleased);
  return [...inFlight, ...session.queue].map(({ sent }) => sent);
};

/** A free packet id. */
export const nextPacketId = (session: Session, ids: BrokerTraits['ids']): number => {
  if (ids === 'lowest') {
    for (let id = 1; ; id += 1) if (!session.inFlight.has(id)) return id;
  }
  while (session.inFlight.has(session.nextId)) session.nextId = (session.nextId % 65_535) + 1;
  const id = session.nextId;
  session.nextId = (id % 65_535) + 1;
  return id;
};

/** An older session was restored: messages waiting in it are sent again, newer ones are lost. */
export const cameBack = (before: readonly Sent[], after: readonly Sent[]): void => {
  for (const sent of before) {
    sent.mayMissOne = true;
    if (!after.includes(sent)) sent.lost = true;
  }
  for (const sent of after) {
    sent.mayMissOne = true;
    sent.lost = false;
    sent.acked = false;
    // The daemon may know it and its first receipt.
    sent.isAgain ||= sent.receivedAt !== undefined;
    forgetReceipt(sent);
    for (const each of Object.values(sent.notified)) each.copies += 1;
  }
};
