import type { Target } from '../target.js';
import type { Payload } from './payload.js';

/** Quality of service. */
export type QoS = 0 | 1 | 2;

/** Length and hash of a payload of which only the beginning is kept. */
export interface Oversized {
  /** Length of the whole payload. */
  readonly bytes: number;
  /** SHA-256 of the whole payload, hex. */
  readonly sha256: string;
}

/** Where the sender of a publish wants its answer (MQTT 5, 3.3.2.3.5 and 3.3.2.3.6). Untrusted. */
export interface Reply {
  readonly topic: string;
  /** Base64. */
  readonly correlation?: string;
}

/** A publish as the broker delivered it. */
export interface Publish {
  /** Sequence number in order of receipt, unique in a run; settlements refer to it. */
  readonly seq: number;
  readonly topic: string;
  readonly payload: Payload;
  /** Set if only the beginning of the payload was kept: never deliver it as the whole. */
  readonly oversized?: Oversized;
  readonly qos: QoS;
  readonly retain: boolean;
  /** The broker sent this packet before; that does not mean that we received it [MQTT-3.3.1-1]. */
  readonly dup: boolean;
  /** Wall clock at receipt, ms since the epoch: for people and for the notification's `dt`. */
  readonly receivedAt: number;
  /**
   * First receipt by the pipeline's clock, ms: the lifetime counts from here, also for copies and spooled messages.
   * Without it, the lifetime counts from arrival in the pipeline.
   */
  readonly arrivedAt?: number;
  /** Rest of the MQTT 5 message expiry interval at receipt, ms [MQTT-3.3.2-6]. */
  readonly expiresInMs?: number;
  /** Absent if the sender asked for no answer, or receipts are off; null if what it asked for can't be kept. */
  readonly reply?: Reply | null | undefined;
  /** Targets that have accepted it: not to be notified again. */
  readonly accepted?: readonly Target['kind'][];
}
