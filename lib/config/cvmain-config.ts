import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import * as t from 'io-ts';
import { decodeWith } from '../util/codec.js';
import { parseJsonWithComments } from './json-with-comments.js';

/** What cvmqtt needs from cvmain's `config.json`. */
export interface CvmainConfig {
  /** The address of cvmain's gRPC server, `host:port`. */
  readonly address: string;
  /** `mq.msgs_via_notifier`. */
  readonly viaNotifier: boolean;
  /** `mq.external_integrations`. */
  readonly toExternal: boolean;
}

/** The vendor's defaults for fields that `config.json` leaves out. */
export const cvmainDefaults: CvmainConfig = {
  address: '127.0.0.1:7777',
  viaNotifier: true,
  toExternal: false,
};

const bindAddress = /^(\[[0-9a-fA-F:]+\]|[\w.-]*):(\d{1,5})$/;

const isPort = (text: string | undefined): boolean => Number(text) >= 1 && Number(text) <= 65_535;

const BindAddress = t.refinement(
  t.string,
  (text) => isPort(bindAddress.exec(text)?.[2]),
  'an address such as 127.0.0.1:7777',
);

const CvmainConfigJson = t.partial(
  {
    local_server: t.partial({ bind_addr: BindAddress }, 'an object'),
    mq: t.partial({ external_integrations: t.boolean, msgs_via_notifier: t.boolean }, 'an object'),
  },
  'an object',
);

/**
 * Parses cvmain's `config.json`, JSON with comments; missing fields have the vendor's defaults. Left names the field
 * (docs/domain.md#configuration).
 */
export const parseCvmainConfig = (text: string): E.Either<string, CvmainConfig> =>
  pipe(
    parseJsonWithComments(text),
    E.chain(decodeWith(CvmainConfigJson)),
    E.map(({ local_server, mq }) => ({
      address: reachable(local_server?.bind_addr ?? cvmainDefaults.address),
      viaNotifier: mq?.msgs_via_notifier ?? cvmainDefaults.viaNotifier,
      toExternal: mq?.external_integrations ?? cvmainDefaults.toExternal,
    })),
  );

const NotifierJson = t.type({ notification_server: t.type({ send_addr: t.string }) });

/**
 * The system notifier's address in the text of `config.json`, `host:port`; the vendor's default if it is missing or broken.
 * Only for display: cvmqtt itself never sends there.
 */
export const notifierAddress = (text: string): string =>
  pipe(
    parseJsonWithComments(text),
    E.chain(decodeWith(NotifierJson)),
    E.match(
      () => '127.0.0.1:5555',
      ({ notification_server }) => notification_server.send_addr,
    ),
  );

/** The address to connect to for a bind address: loopback if the server is bound to all addresses. */
const reachable = (bindAddr: string): string =>
  bindAddr.replace(/^(0\.0\.0\.0)?:/, '127.0.0.1:').replace(/^\[(0*:)*:?0*\]:/, '[::1]:');
