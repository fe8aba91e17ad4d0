import type { DialOptions } from './dial.js';

/** Keepalive limit for WebSockets, ms: TCP keep-alive sees the first proxy only, and proxies close idle connections. */
const unwatchedKeepaliveMs = 60_000;

/** A byte stream to the broker: TCP, TLS, or a WebSocket over either. */
export interface Transport {
  /** Writes bytes; ignored unless the transport is up. Over a WebSocket they are one message. */
  write(bytes: Buffer): void;
  pause(): void;
  resume(): void;
  /** Closes after pending writes; data still arriving is read. */
  end(): void;
  destroy(): void;
}

/** Events of a transport. */
export interface TransportEvents {
  /** Connected: bytes can be written and read. */
  readonly up: () => void;
  /** The bytes are valid only until this returns. */
  readonly data: (bytes: Buffer) => void;
  /** The last event, exactly once. Without an error, either end closed it normally. */
  readonly closed: (error: Error | undefined) => void;
}

/** Limit on unsent bytes: a broker that sends but does not read must not fill the memory. */
export const maxUnsentBytes = 1_048_576;

/** True for WebSocket addresses. */
export const isWebSocket = ({ protocol }: DialOptions['address']): boolean =>
  protocol === 'ws' || protocol === 'wss';

/**
 * Keepalive to ping by, ms: shorter than the agreed one for a WebSocket, where TCP keep-alive does not reach the
 * broker.
 */
export const keepaliveOn = (address: DialOptions['address'], agreedMs: number): number =>
  isWebSocket(address) ? Math.min(agreedMs, unwatchedKeepaliveMs) : agreedMs;
