import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import * as E from 'fp-ts/lib/Either.js';
import { errorCode } from '../../../lib/util/error-code.js';
import type { DevEvent } from '../event.js';
import type { Actions } from './actions.js';
import { assetsOf } from './assets.js';
import { refusalOf } from './guard.js';
import { History } from './history.js';
import { Subscribers } from './subscribers.js';

/** The live page of `cvmqtt dev`. */
export interface LivePage {
  /** `http://127.0.0.1:<port>/` */
  readonly url: string;
  /** Shows an event. */
  take(event: DevEvent): void;
  /** Lets the page act from now on. */
  act(actions: Actions): void;
  close(): Promise<void>;
}

/** Most bytes of a request's body. */
const mostBody = 16 * 1024;

/** In every answer: nobody may frame, embed or keep it, and no script runs but the page's own. */
const always = {
  'cache-control': 'no-store',
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

/**
 * Serves the page on 127.0.0.1. Left: why the port can't be used, in one line. `onHttp2`: an HTTP/2 client, such as one of
 * gRPC, has connected; its connection is ended.
 */
export const startPage = async (
  port: number,
  onHttp2: () => void = () => undefined,
): Promise<E.Either<string, LivePage>> => {
  const token = randomBytes(32).toString('hex');
  const run = randomBytes(8).toString('hex');
  const assets = assetsOf(token);
  const history = new History();
  const pages = new Subscribers();
  let actions: Actions | undefined;
  let own = { port, token };

  const stream = (response: ServerResponse): void =>
    pages.add(response, { run, now: Date.now() }, history.lines);
  const act = async (name: string, request: IncomingMessage): Promise<readonly [number, object]> => {
    const input = await bodyOf(request);
    if (E.isLeft(input)) return [400, { error: input.left }];
    if (actions === undefined) return [503, { error: 'the unit is starting' }];
    const running = actions.run(name, input.right);
    if (running === undefined) return [404, { error: 'not found' }];
    const done = await running;
    return E.isLeft(done) ? [422, { error: done.left }] : [200, done.right];
  };
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method = '', url: path = '', headers } = request;
    for (const [name, value] of Object.entries(always)) response.setHeader(name, value);
    const refusal = refusalOf({ method, path, headers }, own);
    if (refusal !== undefined) return answer(response, refusal.status, { error: refusal.detail });
    if (method === 'POST') return answer(response, ...(await act(path.slice('/do/'.length), request)));
    if (path === '/events') return stream(response);
    const asset = assets.get(path);
    if (asset === undefined) return answer(response, 404, { error: 'not found' });
    response.writeHead(200, { 'content-type': asset.type }).end(asset.body);
  };

  const server = createServer((request, response) => {
    // A request that breaks off has nobody to answer.
    handle(request, response).catch(() => response.destroy());
  });
  server.on('clientError', (error, socket) => {
    if (errorCode(error) === 'HPE_PAUSED_H2_UPGRADE') onHttp2();
    socket.destroy();
  });
  server.maxConnections = 64;
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  } catch (error) {
    const why = errorCode(error) === 'EADDRINUSE' ? 'is in use' : 'is not allowed for this user';
    return E.left(`port ${port} of the page ${why}; choose another with --page-port`);
  }
  const address = server.address();
  if (typeof address === 'object' && address !== null) own = { port: address.port, token };
  return E.right({
    url: `http://127.0.0.1:${own.port}/`,
    take: (event) => pages.publish(history.add(event)),
    act: (given) => {
      actions = given;
    },
    close: async () => {
      pages.close();
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
      await actions?.close();
    },
  });
};

const answer = (response: ServerResponse, status: number, content: object): void => {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(content));
};

/** The body as JSON. Left: it is none, or too large. Rejects if the request breaks off. */
const bodyOf = async (request: IncomingMessage): Promise<E.Either<string, unknown>> => {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    if (!Buffer.isBuffer(chunk)) continue;
    size += chunk.length;
    if (size > mostBody) return E.left('too large');
    chunks.push(chunk);
  }
  return E.tryCatch(
    (): unknown => JSON.parse(Buffer.concat(chunks).toString()),
    () => 'is not JSON',
  );
};
