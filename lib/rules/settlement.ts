import type { Message } from './message/decode.js';
import type { Publish } from './message/publish.js';
import type { Rejection } from './rejection.js';

/** Notified: cvmain accepted every notification of the message. */
export interface Notified {
  readonly kind: 'notified';
  readonly publish: Publish;
  readonly message: Message;
  /** Number of calls to cvmain. */
  readonly attempts: number;
  /** From receipt to settlement, ms. */
  readonly tookMs: number;
}

/** Dead-lettered: the message was not delivered. */
export interface DeadLettered extends Rejection {
  readonly kind: 'dead-lettered';
  readonly publish: Publish;
  /** Absent if the message could not be decoded. */
  readonly message?: Message;
  readonly attempts: number;
  readonly tookMs: number;
}

/** Spooled: the message is on this unit's disk, and is delivered from there (docs/architecture.md#decision-15). */
export interface Spooled {
  readonly kind: 'spooled';
  readonly publish: Publish;
  readonly message: Message;
  readonly attempts: number;
  readonly tookMs: number;
}

/** Settlement of a publish; each gets exactly one, and stays unacknowledged until then. */
export type Settlement = Notified | DeadLettered | Spooled;
