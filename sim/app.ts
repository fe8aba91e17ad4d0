import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { decodeJsonWith } from '../lib/util/codec.js';
import type { Integration } from './integrations.js';
import { type RegistrationFailure, registerIntegration, unregisterIntegration } from './registration.js';

const Notification = t.type(
  { type: t.string, vals: t.array(t.type({ k: t.string, v: t.string })) },
  'Notification',
);

/** A notification, as it is sent in a UDP packet (docs/domain.md#notifications). */
export type Notification = t.TypeOf<typeof Notification>;

export interface AppOptions {
  /** The UDP port; 0, the default: a free one. */
  readonly port?: number;
  readonly onNotification: (notification: Notification) => void;
  /** Called with a one-line reason for each packet that isn't a notification. */
  readonly onRejected?: (fault: string) => void;
}

export interface SimApp {
  readonly port: number;
  /** `127.0.0.1:<port>` */
  readonly address: string;
  /** The integration to register, to get its messages at this app. */
  readonly integration: Integration;
  /** Registers with the cvmain at this address; without `integration`, messages go to the system notifier. */
  registerWith(
    cvmainAddress: string,
    name: string,
    integration?: Integration,
  ): Promise<E.Either<RegistrationFailure, void>>;
  unregisterFrom(cvmainAddress: string, name: string): Promise<E.Either<RegistrationFailure, void>>;
  close(): Promise<void>;
}

/** 4 MiB, or what the system allows: UDP packets are dropped when the buffer is full. */
const receiveBuffer = 4 * 1024 * 1024;

/**
 * A third-party app on 127.0.0.1 that reports the notifications it gets; it can also serve as the consumer of
 * the system notifier. Rejects with Node's error if the port is in use (`code: 'EADDRINUSE'`).
 */
export async function startApp({ port = 0, onNotification, onRejected }: AppOptions): Promise<SimApp> {
  const socket = createSocket({ type: 'udp4', recvBufferSize: receiveBuffer });
  let closed: Promise<void> | undefined;
  const close = () => {
    closed ??= new Promise<void>((resolve) => socket.close(() => resolve()));
    return closed;
  };
  socket.on('message', (packet) => {
    const notification = decodeJsonWith(Notification)(packet.toString());
    if (E.isLeft(notification)) onRejected?.(notification.left);
    else onNotification(notification.right);
  });
  socket.bind({ address: '127.0.0.1', port });
  try {
    await once(socket, 'listening');
  } catch (error) {
    await close();
    throw error;
  }
  const bound = socket.address().port;
  return {
    port: bound,
    address: `127.0.0.1:${bound}`,
    integration: { host: '127.0.0.1', port: bound },
    registerWith: registerIntegration,
    unregisterFrom: unregisterIntegration,
    close,
  };
}
