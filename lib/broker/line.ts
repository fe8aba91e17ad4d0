import type { Socket } from 'node:net';
import { type DialOptions, dial } from './dial.js';
import { WebSocketFrames } from './web-socket-frames.js';
import { WebSocketUpgrade } from './web-socket-upgrade.js';

/**
 * The system asks the other end of an idle line whether it is there after so long, ms, and gives it up 10 s later (TCP
 * keep-alive; ten probes, one a second: libuv). That wakes nobody up, and keeps a line through a NAT open.
 */
const probeAfterMs = 30_000;

/** Of a WebSocket, ms: what is behind is not the system's to see, and proxies end those that are idle. */
const unwatchedKeepaliveMs = 60_000;

/** Answers to one that sends and does not read are not kept without end, bytes. */
const maxUnsentBytes = 1_048_576;

/** A line to the broker on which MQTT is spoken: TCP, TLS, or a WebSocket on either. */
export interface Line {
  /** Writes bytes, when it is up; in a WebSocket they are a message. */
  write(bytes: Buffer): void;
  pause(): void;
  resume(): void;
  /** Closes it behind what was written; what still comes is read. */
  end(): void;
  destroy(): void;
}

/** What a line tells. */
export interface LineEvents {
  /** Bytes can be written, and will come. */
  readonly up: () => void;
  /** The bytes are good until this returns. */
  readonly data: (bytes: Buffer) => void;
  /** The last event, once. Without an error it was closed by either end. */
  readonly closed: (error: Error | undefined) => void;
}

/** Opens a line on which nothing waits, and that the system watches. Throws where a certificate or key is none. */
export const openLine = (options: DialOptions, events: LineEvents): Line => {
  const { address } = options;
  const isWebSocket = address.protocol === 'ws' || address.protocol === 'wss';
  const upgrade = new WebSocketUpgrade();
  let error: Error | undefined;
  let frames: WebSocketFrames | undefined;
  const fail = (cause: Error): void => {
    error ??= cause;
    socket.destroy();
  };
  const put = (bytes: Buffer): void => {
    if (socket.writableLength > maxUnsentBytes) fail(new Error('the broker does not read what is sent'));
    else if (socket.writable) socket.write(bytes);
  };
  const upgrading = (bytes: Buffer): void => {
    const upgraded = upgrade.take(bytes);
    if (upgraded.kind === 'failed') fail(new Error(upgraded.detail));
    if (upgraded.kind !== 'done') return;
    frames = new WebSocketFrames({
      data: events.data,
      write: put,
      ended: () => socket.end(),
      wrong: (detail) => fail(new Error(`the broker sent ${detail}`)),
    });
    events.up();
    frames.take(upgraded.rest);
  };
  const socket: Socket = dial(options, {
    up: () => (isWebSocket ? put(upgrade.request(address)) : events.up()),
    data: (bytes) => {
      if (!isWebSocket) events.data(bytes);
      else if (frames === undefined) upgrading(bytes);
      else frames.take(bytes);
    },
  });
  // Acknowledgements are small, and the broker sends on when it has them: none waits for the next one.
  socket.setNoDelay(true).setKeepAlive(true, probeAfterMs);
  socket.on('error', fail);
  // Nothing more will come, so that nothing that is still written would be answered.
  socket.on('end', () => socket.destroy());
  socket.once('close', () => events.closed(error));
  return {
    write: (bytes) => put(frames === undefined ? bytes : frames.message(bytes)),
    pause: () => socket.pause(),
    resume: () => socket.resume(),
    end: () => {
      frames?.close();
      socket.end();
      socket.resume();
    },
    destroy: () => socket.destroy(),
  };
};

/** The keepalive to ping by on a line, ms: shorter than the one agreed on where the system does not watch all of it. */
export const keepaliveOn = (protocol: DialOptions['address']['protocol'], agreedMs: number): number =>
  protocol === 'mqtt' || protocol === 'mqtts' ? agreedMs : Math.min(agreedMs, unwatchedKeepaliveMs);
