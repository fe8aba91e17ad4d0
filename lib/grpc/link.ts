import * as http2 from 'node:http2';
import { connect, type Socket } from 'node:net';
import { openStream } from './open-stream.js';

/** Timeouts, ms, and headers of a connection. */
export interface LinkOptions {
  /** The header `user-agent`. */
  readonly userAgent: string;
  /** From the first packet to the server's SETTINGS. */
  readonly connectMs: number;
  /** From a ping to its answer. */
  readonly pingMs: number;
  /** From a ping to the next while no call is answered. */
  readonly pingAgainMs: number;
  readonly callsPerConnection: number;
}

/** Events of a link: `failed`, or `ready` and later `gone`. */
export interface LinkEvents {
  /** Calls may be opened. */
  readonly ready: () => void;
  /** The connection failed, with the reason. */
  readonly failed: (reason: string) => void;
  /** No more calls can be opened. Open ones end by themselves or with the connection. */
  readonly gone: () => void;
}

/** Memory limit of a connection, MB: above the largest possible calls in flight. */
const maxSessionMemory = 256;

/** gRPC allows at most 8 digits. */
const maxTimeoutMs = 99_999_999;

/** One HTTP/2 connection. */
export class Link {
  readonly #authority: string;
  readonly #options: LinkOptions;
  readonly #events: LinkEvents;
  readonly #socket: Socket;
  readonly #session: http2.ClientHttp2Session;
  #waiting: NodeJS.Timeout | undefined;
  #open = 0;
  #opened = 0;
  #state: 'connecting' | 'ready' | 'retired' | 'lost' = 'connecting';
  #pingAt = Number.NEGATIVE_INFINITY;
  #heard = true;

  constructor(authority: string, options: LinkOptions, events: LinkEvents) {
    this.#authority = authority;
    this.#options = options;
    this.#events = events;
    const colon = authority.lastIndexOf(':');
    const host = authority.slice(0, colon).replace(/^\[(.*)\]$/, '$1');
    this.#socket = connect({ host, port: Number(authority.slice(colon + 1)), noDelay: true });
    this.#session = http2.connect('http://server', {
      createConnection: () => this.#socket,
      settings: { enablePush: false },
      maxSessionMemory,
    });
    this.#loseUnless(options.connectMs, 'no HTTP/2 settings');
    this.#session.once('remoteSettings', () => {
      if (this.#state !== 'connecting') return;
      this.#stopWaiting();
      this.#state = 'ready';
      events.ready();
    });
    this.#session.once('goaway', () => this.retire());
    this.#session.on('error', (error) => this.#lose(reasonOf(error)));
    this.#session.once('close', () => this.#lose('the connection was closed'));
  }

  get ready(): boolean {
    return this.#state === 'ready';
  }

  /** True if its calls end because the connection itself broke. */
  get broken(): boolean {
    return this.#session.destroyed;
  }

  /** Opens a stream for one call, to be followed by `leave`; undefined if this link takes no more. */
  open(path: string, timeoutMs: number): http2.ClientHttp2Stream | undefined {
    if (this.#session.closed || this.#session.destroyed) {
      this.retire();
      return undefined;
    }
    this.#open += 1;
    this.#opened += 1;
    const headers = {
      ':method': 'POST',
      ':authority': this.#authority,
      ':path': path,
      'content-type': 'application/grpc',
      te: 'trailers',
      'grpc-timeout': `${Math.max(1, Math.min(Math.ceil(timeoutMs), maxTimeoutMs))}m`,
      'user-agent': this.#options.userAgent,
    };
    const stream = openStream(this.#session, headers);
    if (this.#opened >= this.#options.callsPerConnection) this.retire();
    return stream;
  }

  /** A call has ended. */
  leave(): void {
    this.#open -= 1;
    if (this.#open === 0 && this.#state === 'retired') this.#destroy();
  }

  /** A call was answered. */
  heard(): void {
    this.#heard = true;
  }

  /**
   * A call was late: pings the server. Servers count pings without traffic as abuse (gRPC proposal A8), so there is one
   * until the next answer.
   */
  checkAlive(): void {
    const now = performance.now();
    const due = this.#heard || now - this.#pingAt >= this.#options.pingAgainMs;
    if (!due || this.#waiting !== undefined || this.broken) return;
    this.#heard = false;
    this.#pingAt = now;
    this.#loseUnless(this.#options.pingMs, 'no answer to a ping');
    this.#session.ping(() => this.#stopWaiting());
  }

  /** Takes no more calls, and closes after the last one. */
  retire(): void {
    if (this.#state === 'connecting') this.#lose('the connection was closed');
    if (this.#state !== 'ready') return;
    this.#state = 'retired';
    this.#events.gone();
    if (this.#open === 0) this.#destroy();
  }

  #lose(reason: string): void {
    const { failed, gone } = this.#events;
    const was = this.#state;
    if (was === 'lost') return;
    this.#state = 'lost';
    this.#stopWaiting();
    this.#destroy();
    if (was === 'connecting') failed(reason);
    else gone();
  }

  #loseUnless(ms: number, reason: string): void {
    this.#waiting = setTimeout(() => this.#lose(`${reason} within ${ms} ms`), ms);
  }

  #stopWaiting(): void {
    clearTimeout(this.#waiting);
    this.#waiting = undefined;
  }

  /** After GOAWAY, Node keeps the socket open as long as the server does. */
  #destroy(): void {
    setImmediate(() => {
      this.#session.destroy();
      setImmediate(() => this.#socket.destroy());
    });
  }
}

/** For a name with several addresses, Node's error has a code and no message. */
const reasonOf = (error: Error): string => error.message || ('code' in error ? `${error.code}` : 'it failed');
