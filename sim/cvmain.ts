import { Server, ServerCredentials } from '@grpc/grpc-js';
import { layout } from '../lib/config/layout.js';
import type { Answer } from './answer.js';
import { commsService } from './comms-service.js';
import { writeCredentials, writeHome } from './cvmain-home.js';
import { cvmainService, type Intercept, type NotificationRequest, type OnRefused } from './cvmain-service.js';
import { type Integration, openIntegrations } from './integrations.js';
import { listen } from './listener.js';
import { startNotifier } from './notifier.js';
import { serial } from './serial.js';

export interface CvmainOptions {
  /** The configuration directory; created if it is missing. */
  readonly home: string;
  /** The port of the gRPC server; 0, the default: a free one. */
  readonly port?: number;
  /** Address of the gRPC server to write into config.json, `host:port`, for example of a proxy; default: its own. */
  readonly announcedAddr?: string;
  readonly username: string;
  /**
   * The unit's current token, empty if there is none yet: the answer of `get_auth_token`, and the initial one
   * in `mq/mq.json`.
   */
  readonly token: () => string;
  /** `mqtt://host:port` */
  readonly brokerUrl: string;
  /** The system notifier, `host:port`: gets notifications without an integration. */
  readonly notifierAddr: string;
  /** Address they are sent from; default `127.0.0.1:0`, any port. */
  readonly notifierBindAddr?: string;
  /** `mq.external_integrations` in config.json; default false. */
  readonly externalIntegrations?: boolean;
  /** `mq.msgs_via_notifier` in config.json; default true. */
  readonly msgsViaNotifier?: boolean;
  /** Whether names that start with `vg:` may be registered; default false. */
  readonly allowReserved?: boolean;
  readonly version?: string;
  readonly protocolVersion?: string;
  readonly intercept?: Intercept;
  /** Called when nothing listens at an address that a packet was sent to, see `startNotifier`. */
  readonly onUnheard?: (sendAddr: string) => void;
  /** Called just before a `send_notification` is answered with success. */
  readonly onAccepted?: (request: NotificationRequest) => void;
  readonly onRefused?: OnRefused;
}

export interface SimCvmain {
  readonly port: number;
  /** `127.0.0.1:<port>` */
  readonly address: string;
  /** Like the rpc `register_mqtt_integration`. */
  register(name: string, integration?: Integration): Promise<Answer>;
  /** Like the rpc `unregister_mqtt_integration`. */
  unregister(name: string): Promise<Answer>;
  /** Rewrites `mq/mq.json`, as cvmain does after it has refreshed the token; `get_auth_token` still calls `token`. */
  setToken(token: string): Promise<void>;
  /** Starts an outage: closes the port and cuts every connection. */
  suspend(): Promise<void>;
  /** Ends the outage, on the same port. */
  resume(): Promise<void>;
  /** Cuts all connections, waits for pending writes to the directory, closes the UDP sockets. */
  close(): Promise<void>;
}

/**
 * A cvmain on 127.0.0.1 with the part of its interface that docs/domain.md#grpc describes: the gRPC server, the
 * notifications, the configuration directory. Rejects with Node's error if the port is taken (`code: 'EADDRINUSE'`) or the
 * directory can't be written, and with one that names file and field if an existing `mq/integrations.json` is broken.
 *
 * This module listens on the port itself and passes the connections to grpc-js, whose `bindAsync` reports a port in use by
 * an error without a `code` (the reason is only in the message), and writes a line to stderr as well.
 */
export async function startCvmain(options: CvmainOptions): Promise<SimCvmain> {
  const { home, brokerUrl, username, notifierAddr, notifierBindAddr = '127.0.0.1:0' } = options;
  const grpc = new Server();
  const listener = await listen(options.port ?? 0);
  const address = `127.0.0.1:${listener.port}`;
  const inTurn = serial();
  const notifier = startNotifier(options.onUnheard);
  const close = async (): Promise<void> => {
    await listener.suspend();
    grpc.forceShutdown();
    await inTurn(async () => undefined);
    await notifier.close();
  };
  try {
    const { externalIntegrations = false, msgsViaNotifier = true } = options;
    const config = {
      bindAddr: options.announcedAddr ?? address,
      notifierBindAddr,
      notifierAddr,
      externalIntegrations,
      msgsViaNotifier,
      username,
    };
    await writeHome(home, config);
    await writeCredentials(home, brokerUrl, username, options.token());
    const integrations = await openIntegrations(
      layout(home).integrations,
      options.allowReserved ?? false,
      inTurn,
    );
    const {
      token,
      intercept,
      onAccepted,
      onRefused,
      version = '1.0.0-sim',
      protocolVersion = '1.0.2',
    } = options;
    const parts = { version, protocolVersion, token, integrations, notifier, notifierAddr, notifierBindAddr };
    grpc.addService(commsService, cvmainService({ ...parts, intercept, onAccepted, onRefused }));
    const injector = grpc.createConnectionInjector(ServerCredentials.createInsecure());
    listener.accept((socket) => injector.injectConnection(socket));
    return {
      port: listener.port,
      address,
      ...integrations,
      setToken: (next) => inTurn(() => writeCredentials(home, brokerUrl, username, next)),
      suspend: listener.suspend,
      resume: listener.resume,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
