import type { Message } from './message/decode.js';
import type { Publish } from './message/publish.js';
import type { Rejection } from './rejection.js';

/** cvmain accepted each notification of the message. */
export interface Notified {
  readonly kind: 'notified';
  readonly publish: Publish;
  readonly message: Message;
  /** Calls to cvmain that this took. */
  readonly attempts: number;
  /** From receipt to settlement, ms. */
  readonly tookMs: number;
}

/** The message was not delivered, and why. */
export interface DeadLettered extends Rejection {
  readonly kind: 'dead-lettered';
  readonly publish: Publish;
  /** Absent where the message could not be decoded so far. */
  readonly message?: Message;
  readonly attempts: number;
  readonly tookMs: number;
}

/** The message waits on this unit's disk now, and is delivered from there (docs/architecture.md#decision-15). */
export interface Spooled {
  readonly kind: 'spooled';
  readonly publish: Publish;
  readonly message: Message;
  readonly attempts: number;
  readonly tookMs: number;
}

/** How a message ended: exactly one for each publish. What is not settled stays unacknowledged. */
export type Settlement = Notified | DeadLettered | Spooled;
