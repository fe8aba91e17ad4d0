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
import { exitCode } from '../exit-codes.js';
import { type BrokerValues, brokerOf, type GivenBroker, type ListenFailure } from './broker-of.js';
import { brokerOptions } from './options.js';

type Values = BrokerValues & {
  readonly qos: string;
  readonly id?: string;
  readonly keepalive?: string;
  readonly 'protocol-version'?: string;
};

/** A broker and topic filters to listen at, with a client id and a session of the command's own. */
export interface ListenTarget {
  readonly clientId: string;
  readonly protocolVersion: ListenDeps['protocolVersion'];
  readonly open: ListenDeps['open'];
  /** The login; with a configuration directory, also each new one that cvmain writes. */
  readonly credentials$: (report: Report) => Observable<Credentials>;
  /** Present if a configuration directory was given. */
  readonly config?: Config;
}

/** Reads the listen target from the configuration directory `root`, or, without one, from the options alone. */
export const readListenTarget = async (
  name: string,
  values: Values,
  root: string | undefined,
): Promise<E.Either<ListenFailure, ListenTarget>> => {
  const choices = choicesOf(name, values);
  if (E.isLeft(choices)) return choices;
  return root === undefined
    ? E.map((broker: GivenBroker) => ofBroker(broker, choices.right))(brokerOf(values))
    : ofDirectory(resolve(root), values, choices.right);
};

/** The options that apply to any broker. */
interface ConnectionChoices {
  readonly clientId: string;
  readonly qos: 0 | 1;
  readonly protocolVersion: ListenTarget['protocolVersion'];
  readonly keepaliveS?: number;
}

const choicesOf = (name: string, values: Values): E.Either<ListenFailure, ConnectionChoices> => {
  const { id = `cvmqtt-${name}-${randomBytes(4).toString('hex')}`, qos, topic = [] } = values;
  const protocolVersion = versionOf(values['protocol-version']);
  const keepaliveS = values.keepalive === undefined ? undefined : Number(values.keepalive);
  const wrong = topic.find((filter) => !isTopicFilter(filter));
  if (wrong !== undefined) return wrongOption(`--topic ${wrong} is not a valid topic filter`);
  if (qos !== '0' && qos !== '1') return wrongOption('--qos must be 0 or 1; the daemon subscribes with 1');
  if (protocolVersion === undefined) return wrongOption('--protocol-version must be 5 or 3.1.1');
  if (keepaliveS !== undefined && !(Number.isInteger(keepaliveS) && keepaliveS >= 2 && keepaliveS <= 65_535))
    return wrongOption('--keepalive must be a whole number from 2 to 65535');
  return E.right({
    clientId: id,
    qos: qos === '0' ? 0 : 1,
    protocolVersion,
    ...(keepaliveS === undefined ? {} : { keepaliveS }),
  });
};

const ofBroker = ({ login, ...tls }: GivenBroker, choices: ConnectionChoices): ListenTarget => ({
  ...choices,
  open: opening({ keepaliveS: 60, ...choices, ...tls }),
  // Never completes, like a watched file.
  credentials$: () => concat(of(login), NEVER),
});

const ofDirectory = async (
  root: string,
  values: Values,
  choices: ConnectionChoices,
): Promise<E.Either<ListenFailure, ListenTarget>> => {
  const given = Object.keys(values).find((key) => Object.hasOwn(brokerOptions, key));
  if (given !== undefined) return wrongOption(`--${given} can't be combined with a configuration directory`);
  const config = await readConfig(root);
  if (E.isLeft(config)) return E.left({ code: exitCode.config, detail: problemLine(config.left) });
  const { layout, settings, ca } = config.right;
  const version =
    choices.protocolVersion === 'auto' ? versionOf(settings.mqtt_version) : choices.protocolVersion;
  const { topic: filters } = values;
  return E.right({
    clientId: choices.clientId,
    protocolVersion: version ?? 'auto',
    open: opening({ keepaliveS: settings.keepalive_s, ...choices, ...(ca === undefined ? {} : { ca }) }),
    config: config.right,
    credentials$: (report) =>
      credentials(watchedFile(layout.credentials, { scheduler, report })).pipe(
        map((login) => (filters === undefined ? login : { ...login, filters })),
      ),
  });
};

/** Opens a connection with a new session and the largest receive maximum, so that the broker need not wait for acks. */
const opening =
  ({
    keepaliveS,
    ...choices
  }: Omit<ConnectionChoices, 'keepaliveS'> & Omit<GivenBroker, 'login'> & { keepaliveS: number }) =>
  (login: Credentials, protocolVersion: 4 | 5, events: ConnectionEvents): Connection =>
    openConnection(
      { ...choices, ...login, protocolVersion, keepaliveS, sessionExpiryS: 0, receiveMaximum: 65_535 },
      events,
    );

/** The protocol version by its usual name or by mosquitto_sub's; undefined if it is unknown. */
const versionOf = (text: string | undefined): ListenTarget['protocolVersion'] | undefined => {
  if (text === undefined || text === 'auto') return 'auto';
  if (['5', 'mqttv5'].includes(text)) return 5;
  return ['3.1.1', '311', '4', 'mqttv311'].includes(text) ? 4 : undefined;
};

const wrongOption = (detail: string): E.Either<ListenFailure, never> =>
  E.left({ code: exitCode.usage, detail });
