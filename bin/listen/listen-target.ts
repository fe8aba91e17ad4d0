import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import { concat, map, NEVER, type Observable, of } from 'rxjs';
import { type Config, readConfig } from '../../lib/config/config.js';
import type { Credentials } from '../../lib/config/credentials.js';
import { problemLine } from '../../lib/config/problem.js';
import type { Report } from '../../lib/log/event.js';
import type { Connection, ConnectionEvents } from '../../lib/mqtt/connection/connection.js';
import { openConnection } from '../../lib/mqtt/connection/open-connection.js';
import { isTopicFilter } from '../../lib/rules/message/topic-filter.js';
import { monotonicScheduler as scheduler } from '../../streams/monotonic-scheduler.js';
import { credentials } from '../../streams/sources/credentials.js';
import { watchedFile } from '../../streams/sources/file-content.js';
import type { ListenDeps } from '../../streams/sources/listen.js';
import { exitCode } from '../command.js';
import { type BrokerValues, brokerOf, type GivenBroker, type Nowhere } from './broker-of.js';

/** What a command that listens at the broker is told of it, in mosquitto_sub's words. */
export const whereOptions = {
  host: { type: 'string', short: 'h' },
  port: { type: 'string', short: 'p' },
  username: { type: 'string', short: 'u' },
  password: { type: 'string', short: 'P' },
  'password-file': { type: 'string' },
  cafile: { type: 'string' },
  cert: { type: 'string' },
  key: { type: 'string' },
  insecure: { type: 'boolean' },
  topic: { type: 'string', short: 't', multiple: true },
  id: { type: 'string', short: 'i' },
  qos: { type: 'string', short: 'q', default: '1' },
  keepalive: { type: 'string', short: 'k' },
  'protocol-version': { type: 'string', short: 'V' },
} as const;

/** The part of a command's help that tells of them. */
export const listenUsage = `  -t, --topic FILTER        what to subscribe to, also several times; default: what the unit's token allows
  -i, --id ID               the client id; default a new one, which no other client has
  -q, --qos 0|1             of the subscription; default 1
  -k, --keepalive SECONDS   default 60, or as in mq/cvmqtt.json
  -V, --protocol-version V  5 or 3.1.1; default 5 where the broker speaks it`;

/** The part of a command's help that tells of a broker that no configuration directory names. */
export const brokerUsage = `  -h, --host HOST           a name, or an address such as mqtts://host:8883; default localhost
  -p, --port PORT           default 1883, with TLS 8883
  -u, --username NAME       the login
  -P, --password PASSWORD   its password, which others can see in the list of processes: better in
      --password-file FILE  a file, or in the environment as CVMQTT_PASSWORD
      --cafile FILE         TLS, with this certificate authority
      --cert FILE, --key FILE  the client's own certificate
      --insecure            TLS, with whatever certificate the broker has`;

type Values = BrokerValues & {
  readonly qos: string;
  readonly id?: string;
  readonly keepalive?: string;
  readonly 'protocol-version'?: string;
};

/** Where to listen: with a client id, and a session, of its own. */
export interface Where {
  readonly clientId: string;
  readonly protocolVersion: ListenDeps['protocolVersion'];
  readonly open: ListenDeps['open'];
  /** The login; with a configuration directory each new one that cvmain writes too. */
  readonly credentials$: (report: Report) => Observable<Credentials>;
  /** Of the configuration directory, where one was given. */
  readonly config?: Config;
}

/** Reads where to listen from a configuration directory, or, without one, from the options alone. */
export const readWhere = async (
  name: string,
  values: Values,
  root: string | undefined,
): Promise<E.Either<Nowhere, Where>> => {
  const how = howOf(name, values);
  if (E.isLeft(how)) return how;
  return root === undefined
    ? E.map((broker: GivenBroker) => ofBroker(broker, how.right))(brokerOf(values))
    : ofDirectory(resolve(root), values, how.right);
};

/** What does not depend on the broker. */
interface How {
  readonly clientId: string;
  readonly qos: 0 | 1;
  readonly protocolVersion: Where['protocolVersion'];
  readonly keepaliveS?: number;
}

const howOf = (name: string, values: Values): E.Either<Nowhere, How> => {
  const { id = `cvmqtt-${name}-${randomBytes(4).toString('hex')}`, qos, topic = [] } = values;
  const protocolVersion = versionOf(values['protocol-version']);
  const keepaliveS = values.keepalive === undefined ? undefined : Number(values.keepalive);
  const wrong = topic.find((filter) => !isTopicFilter(filter));
  if (wrong !== undefined) return nowhere(`--topic ${wrong} is no topic filter`);
  if (qos !== '0' && qos !== '1') return nowhere('--qos is 0 or 1: the daemon subscribes with 1');
  if (protocolVersion === undefined) return nowhere('--protocol-version is 5 or 3.1.1');
  if (keepaliveS !== undefined && !(Number.isInteger(keepaliveS) && keepaliveS >= 2 && keepaliveS <= 65_535))
    return nowhere('--keepalive is a whole number from 2 to 65535');
  return E.right({
    clientId: id,
    qos: qos === '0' ? 0 : 1,
    protocolVersion,
    ...(keepaliveS === undefined ? {} : { keepaliveS }),
  });
};

const ofBroker = ({ login, ...tls }: GivenBroker, how: How): Where => ({
  ...how,
  open: opening({ keepaliveS: 60, ...how, ...tls }),
  // More may come, as from a file that is watched.
  credentials$: () => concat(of(login), NEVER),
});

const ofDirectory = async (root: string, values: Values, how: How): Promise<E.Either<Nowhere, Where>> => {
  const given = brokerKeys.find((key) => values[key] !== undefined);
  if (given !== undefined)
    return nowhere(`--${given} is for a broker without a configuration directory: give one of the two`);
  const config = await readConfig(root);
  if (E.isLeft(config)) return E.left({ code: exitCode.config, detail: problemLine(config.left) });
  const { layout, settings, ca } = config.right;
  const version = how.protocolVersion === 'auto' ? versionOf(settings.mqtt_version) : how.protocolVersion;
  const { topic: filters } = values;
  return E.right({
    clientId: how.clientId,
    protocolVersion: version ?? 'auto',
    open: opening({ keepaliveS: settings.keepalive_s, ...how, ...(ca === undefined ? {} : { ca }) }),
    config: config.right,
    credentials$: (report) =>
      credentials(watchedFile(layout.credentials, { scheduler, report })).pipe(
        map((login) => (filters === undefined ? login : { ...login, filters })),
      ),
  });
};

/** Each connection is a session of its own, and the broker need not wait for acknowledgements. */
const opening =
  ({ keepaliveS, ...how }: Omit<How, 'keepaliveS'> & Omit<GivenBroker, 'login'> & { keepaliveS: number }) =>
  (login: Credentials, protocolVersion: 4 | 5, events: ConnectionEvents): Connection =>
    openConnection(
      { ...how, ...login, protocolVersion, keepaliveS, sessionExpiryS: 0, receiveMaximum: 65_535 },
      events,
    );

const brokerKeys = [
  'host',
  'port',
  'username',
  'password',
  'password-file',
  'cafile',
  'cert',
  'key',
  'insecure',
] as const;

/** As people say it, and as mosquitto_sub's `-V` does; undefined for another one. */
const versionOf = (text: string | undefined): Where['protocolVersion'] | undefined => {
  if (text === undefined || text === 'auto') return 'auto';
  if (['5', 'mqttv5'].includes(text)) return 5;
  return ['3.1.1', '311', '4', 'mqttv311'].includes(text) ? 4 : undefined;
};

const nowhere = (detail: string): E.Either<Nowhere, never> => E.left({ code: exitCode.usage, detail });
