import type { DialOptions } from './dial.js';

/** Of a WebSocket, ms: what is behind is not the system's to see, and proxies end those that are idle. */
const unwatchedKeepaliveMs = 60_000;

/** A line to the broker on which MQTT is spoken: TCP, TLS, or a WebSocket on either. */
export interface Transport {
  /** Writes bytes, when it is up; in a WebSocket they are a message. */
  write(bytes: Buffer): void;
  pause(): void;
  resume(): void;
  /** Closes it behind what was written; what still comes is read. */
  end(): void;
  destroy(): void;
}

/** What a line tells. */
export interface TransportEvents {
  /** Bytes can be written, and will come. */
  readonly up: () => void;
  /** The bytes are good until this returns. */
  readonly data: (bytes: Buffer) => void;
  /** The last event, once. Without an error it was closed by either end. */
  readonly closed: (error: Error | undefined) => void;
}

/** Answers to one that sends and does not read are not kept without end, bytes. */
export const maxUnsentBytes = 1_048_576;

/** Whether the address is one of a WebSocket. */
export const isWebSocket = ({ protocol }: DialOptions['address']): boolean =>
  protocol === 'ws' || protocol === 'wss';

/** The keepalive to ping by on a line, ms: shorter than the one agreed on where the system does not watch all of it. */
export const keepaliveOn = (address: DialOptions['address'], agreedMs: number): number =>
  isWebSocket(address) ? Math.min(agreedMs, unwatchedKeepaliveMs) : agreedMs;
