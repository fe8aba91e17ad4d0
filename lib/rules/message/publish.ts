import type { Target } from '../target.js';
import type { Payload } from './payload.js';

/** A quality of service of MQTT. */
export type QoS = 0 | 1 | 2;

/** What is known of a payload of which only the beginning was kept. */
export interface Oversized {
  /** Of the whole payload. */
  readonly bytes: number;
  /** Of the whole payload, in hex. */
  readonly sha256: string;
}

/** A message as the broker delivered it, before anything is made of it. */
export interface Publish {
  /** Order of receipt, unique in a run: what a settlement refers to. */
  readonly seq: number;
  readonly topic: string;
  readonly payload: Payload;
  /** It was too large to be kept: the payload is the beginning of one with these bytes, never to be delivered as the whole. */
  readonly oversized?: Oversized;
  readonly qos: QoS;
  readonly retain: boolean;
  /** The broker sent this packet before. It does not say that we have seen it [MQTT-3.3.1-1]. */
  readonly dup: boolean;
  /** Wall clock at receipt, ms since the epoch: for people and for the notification's `dt`. */
  readonly receivedAt: number;
  /**
   * When it was received first, by the pipeline's clock, ms: its lifetime counts from here, also where it comes again or
   * out of the spool. Without it, the lifetime counts from its arrival in the pipeline.
   */
  readonly arrivedAt?: number;
  /** What was left of the MQTT 5 message expiry interval at receipt, ms [MQTT-3.3.2-6]. */
  readonly expiresInMs?: number;
  /** Which of its targets have accepted it already: they must not be notified again. */
  readonly accepted?: readonly Target['kind'][];
}
