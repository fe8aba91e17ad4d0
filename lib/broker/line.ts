import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/**
 * The system asks the other end of an idle line whether it is there after so long, ms, and gives it up 10 s later (TCP
 * keep-alive; ten probes, one a second: libuv). That wakes nobody up, and keeps a line through a NAT open.
 */
const probeAfterMs = 30_000;

/** Of a WebSocket, ms: what is behind is not the system's to see, and proxies end those that are idle. */
const unwatchedKeepaliveMs = 60_000;

/** Makes a new line to the broker one on which nothing waits, and that the system watches, where it can. */
export const setUpLine = (stream: Duplex): void => {
  // Acknowledgements are small, and the broker sends on when it has them: none waits for the next one.
  if (stream instanceof Socket) stream.setNoDelay(true).setKeepAlive(true, probeAfterMs);
};

/** The keepalive to ping by on a line, ms: shorter than the one agreed on where the system does not watch it. */
export const keepaliveOn = (stream: Duplex, agreedMs: number): number =>
  stream instanceof Socket ? agreedMs : Math.min(agreedMs, unwatchedKeepaliveMs);
