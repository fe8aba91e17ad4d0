import {
  createServer,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
  type Settings,
} from 'node:http2';
import { connect, type Socket } from 'node:net';
import { paths } from '../../lib/cvmain/http2-calls.js';
import { listen } from '../../sim/listener.js';
import type { AtEnd } from '../rig/at-end.js';
import { Journal } from '../rig/journal.js';

/** An HTTP/2 server without gRPC: a test handles each stream. */
export interface RawServer {
  /** `127.0.0.1:<port>` */
  readonly address: string;
  readonly sockets: Journal<Socket>;
  readonly sessions: Journal<ServerHttp2Session>;
  readonly streams: Journal<ServerHttp2Stream>;
}

export const ok = { ':status': 200, 'content-type': 'application/grpc' };

/** `BasicResponse` with `success`, after the prefix of a message. */
export const accepted = Buffer.from([0, 0, 0, 0, 2, 8, 1]);

export async function startRawServer(
  atEnd: AtEnd,
  handle: (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => void,
  settings: Settings = {},
): Promise<RawServer> {
  const [sockets, sessions, streams] = [
    new Journal<Socket>(),
    new Journal<ServerHttp2Session>(),
    new Journal<ServerHttp2Stream>(),
  ];
  const server = createServer({ settings });
  server.on('session', (session) => {
    session.on('error', () => undefined);
    sessions.put(session);
  });
  server.on('stream', (stream, headers) => {
    stream.on('error', () => undefined);
    streams.put(stream);
    handle(stream, headers);
  });
  const listener = await listen(0);
  atEnd(listener.suspend);
  listener.accept((socket) => {
    sockets.put(socket);
    server.emit('connection', socket);
  });
  return { address: `127.0.0.1:${listener.port}`, sockets, sessions, streams };
}

/** Answers with these bytes and these trailers. */
export const answer = (
  stream: ServerHttp2Stream,
  bytes: Buffer = accepted,
  trailers: Readonly<Record<string, string>> = { 'grpc-status': '0' },
): ServerHttp2Stream => {
  stream.once('wantTrailers', () => stream.sendTrailers(trailers));
  stream.respond(ok, { waitForTrailers: true });
  stream.end(bytes);
  return stream.resume();
};

/** `GetVersionResponse` of a serving cvmain, after the prefix of a message. */
const versionAnswer = Buffer.from([0, 0, 0, 0, 9, 10, 2, 8, 1, 18, 3, 49, 46, 50]);

/** A handler that answers `get_version` as cvmain does, and passes everything else to `handle`. */
export const serving =
  (handle: (stream: ServerHttp2Stream) => void) =>
  (stream: ServerHttp2Stream, headers: IncomingHttpHeaders): void => {
    if (headers[':path'] === paths.getVersion) answer(stream, versionAnswer);
    else handle(stream);
  };

/** A listener that does not speak HTTP/2, unless `handle` does. */
export async function startStranger(atEnd: AtEnd, handle: (socket: Socket) => void): Promise<string> {
  const listener = await listen(0);
  atEnd(listener.suspend);
  listener.accept((socket) => {
    socket.resume();
    handle(socket);
  });
  return `127.0.0.1:${listener.port}`;
}

/**
 * A proxy to a server: its address, `127.0.0.1:<port>`, and a function that makes its open connections silently dead,
 * but not later ones.
 */
export async function startProxy(atEnd: AtEnd, server: string) {
  const listener = await listen(0);
  atEnd(listener.suspend);
  const ends = new Set<Socket>();
  listener.accept((socket) => {
    const onward = connect(Number(server.split(':')[1]), '127.0.0.1');
    atEnd(() => onward.destroy());
    onward.on('error', () => socket.destroy());
    socket.pipe(onward).pipe(socket);
    ends.add(socket).add(onward);
  });
  const die = (): void => {
    for (const end of ends) end.unpipe().pause();
    ends.clear();
  };
  return { address: `127.0.0.1:${listener.port}`, die };
}
