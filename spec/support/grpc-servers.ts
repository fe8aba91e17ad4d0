import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Server, ServerCredentials, type ServerUnaryCall, type sendUnaryData } from '@grpc/grpc-js';
import * as t from 'io-ts';
import { commsService } from '../../sim/comms-service.js';
import { listen } from '../../sim/listener.js';
import type { AtEnd } from '../rig/at-end.js';
import { startChild } from '../rig/child.js';
import { Journal } from '../rig/journal.js';

/**
 * A server whose answer follows from the notification's type: `status=5` ends the call with that status, `answer=100`
 * accepts with an answer of that many bytes, `length=` refuses with the length of the request, `refuse=5` with that
 * number, `hang=` waits for the end of the call. Everything else is accepted.
 */
export interface GrpcServer {
  /** `127.0.0.1:<port>` */
  readonly address: string;
  /** `called` for each notification, `cancelled` for each hanging one that was cancelled. */
  readonly events: Journal<string>;
  /** Starts a successor on the same port while the server finishes its calls (GOAWAY). */
  restart(): Promise<void>;
}

/** The message with `status=`. */
export const said = 'so it said: 100% ü';

/** On grpc-js. */
export async function startGrpcJsServer(atEnd: AtEnd): Promise<GrpcServer> {
  const events = new Journal<string>();
  const listener = await listen(0);
  const start = () => {
    const server = new Server();
    server.addService(commsService, { ...texts, send_notification: obeying(events.put) });
    return { server, injector: server.createConnectionInjector(ServerCredentials.createInsecure()) };
  };
  let current = start();
  listener.accept((socket) => current.injector.injectConnection(socket));
  atEnd(() => current.server.forceShutdown());
  atEnd(listener.suspend);
  return {
    address: `127.0.0.1:${listener.port}`,
    events,
    restart: () => {
      const old = current.server;
      current = start();
      return new Promise((resolve, reject) =>
        old.tryShutdown((error) => (error === undefined ? resolve() : reject(error))),
      );
    },
  };
}

const accepted = { success: true, errMsg: '', code: 0 };
const texts = {
  get_version: (_call: unknown, answer: sendUnaryData<object>) =>
    answer(null, { resp: accepted, version: '1.2.3' }),
  get_auth_token: (_call: unknown, answer: sendUnaryData<object>) =>
    answer(null, { resp: accepted, token: 'the token' }),
};

const NotificationType = t.type({ msg_type: t.string });

const obeying =
  (report: (line: string) => void) =>
  (call: ServerUnaryCall<unknown, object>, answer: sendUnaryData<object>): void => {
    report('called');
    const { request } = call;
    const [, word, number] = /^(\w+)=(\d*)$/.exec(NotificationType.is(request) ? request.msg_type : '') ?? [];
    if (word === 'hang') call.once('cancelled', () => report('cancelled'));
    else if (word === 'status') answer({ code: Number(number), details: said });
    else if (word === 'answer') answer(null, ofSize(Number(number)));
    else if (word === 'length')
      answer(null, { ...accepted, success: false, errMsg: `${lengthOf(request)}`, code: 7 });
    else if (word === 'refuse') answer(null, { success: false, errMsg: number, code: 7 });
    else answer(null, accepted);
  };

const lengthOf = (request: unknown): number => {
  const method = commsService['send_notification'];
  return method === undefined || typeof request !== 'object' || request === null
    ? 0
    : method.requestSerialize(request).length;
};

/** An answer of this size: the bytes of `success`, and those of `errMsg` with its tag and length. */
const ofSize = (bytes: number): object => {
  const varintBytes = (value: number): number => (value < 128 ? 1 : 1 + varintBytes(value >>> 7));
  let length = bytes - 4;
  while (3 + varintBytes(length) + length > bytes) length -= 1;
  return { success: true, errMsg: 'x'.repeat(length) };
};

/** The first Python that has gRPC, such as Debian's with `python3-grpcio`. */
const python = ['/usr/bin/python3', 'python3'].find((program) => {
  const look = 'import importlib.util, sys; sys.exit(importlib.util.find_spec("grpc") is None)';
  return spawnSync(program, ['-c', look]).status === 0;
});

/** On C-core; undefined if its library is not installed. */
export const startCoreServer =
  python === undefined
    ? undefined
    : async (atEnd: AtEnd): Promise<GrpcServer> => {
        const script = fileURLToPath(new URL('./core-server.py', import.meta.url));
        const child = startChild(atEnd, python, [script]);
        const port = await child.stdout.first('its port');
        let restarts = 0;
        return {
          address: `127.0.0.1:${port}`,
          events: child.stdout,
          restart: async () => {
            restarts += 1;
            child.signal('SIGHUP');
            await child.stdout.first('restarted', (line) => line === 'restarted', { nth: restarts });
          },
        };
      };
