import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import { type BrokerAddress, parseBrokerAddress } from '../../lib/config/broker-address.js';
import type { Credentials } from '../../lib/config/credentials.js';
import type { ConnectionOptions } from '../../lib/mqtt/connection/connection-options.js';
import { readGiven } from '../../lib/storage/read-given.js';
import { exitCode } from '../exit-codes.js';

/** Why there is no listen target, in one line, and the exit code. */
export interface ListenFailure {
  readonly code: number;
  readonly detail: string;
}

type Texts = 'host' | 'port' | 'username' | 'password' | 'password-file' | 'cafile' | 'cert' | 'key';

/** The values of the options that name a broker. */
export type BrokerValues = Readonly<Partial<Record<Texts, string>>> & {
  readonly topic?: readonly string[];
  readonly insecure?: boolean;
};

/** A broker named by options alone, without a configuration directory. */
export interface GivenBroker extends Pick<ConnectionOptions, 'ca' | 'cert' | 'key' | 'rejectUnauthorized'> {
  readonly login: Credentials;
}

/** The broker that the options name. Left: what is wrong with them; it never repeats a secret. */
export const brokerOf = (values: BrokerValues): E.Either<ListenFailure, GivenBroker> => {
  const { topic: filters = [], username = '' } = values;
  if (filters.length === 0) return E.left(usageOf('give a configuration directory, or --topic'));
  return pipe(
    E.Do,
    E.bind('address', () => E.mapLeft(usageOf)(addressOf(values))),
    E.bind('password', () => passwordOf(values)),
    E.bind('ca', () => contentOf(values.cafile)),
    E.bind('cert', () => contentOf(values.cert)),
    E.bind('key', () => contentOf(values.key)),
    E.map(({ address, password, ca, cert, key }) => ({
      login: { address, username, password: password ?? '', filters },
      ...(ca === undefined ? {} : { ca }),
      ...(cert === undefined ? {} : { cert }),
      ...(key === undefined ? {} : { key }),
      ...(values.insecure ? { rejectUnauthorized: false } : {}),
    })),
  );
};

const addressOf = ({
  host = 'localhost',
  port,
  ...values
}: BrokerValues): E.Either<string, BrokerAddress> => {
  const tls = values.insecure || values.cafile !== undefined || values.cert !== undefined;
  const uri = host.includes('://') ? host : `${tls ? 'mqtts' : 'mqtt'}://${bracketed(host)}`;
  const number = Number(port ?? 1);
  if (!(Number.isInteger(number) && number >= 1 && number <= 65_535))
    return E.left('--port must be from 1 to 65535');
  return pipe(
    parseBrokerAddress(uri),
    E.bimap(
      (detail) => `--host ${detail}`,
      (address) => (port === undefined ? address : { ...address, port: number }),
    ),
  );
};

const bracketed = (host: string): string => (host.includes(':') ? `[${host}]` : host);

const passwordOf = (values: BrokerValues): E.Either<ListenFailure, string | undefined> =>
  pipe(
    contentOf(values['password-file']),
    E.map((content) => content?.replace(/\r?\n$/, '') ?? values.password ?? process.env['CVMQTT_PASSWORD']),
  );

const contentOf = (file: string | undefined): E.Either<ListenFailure, string | undefined> =>
  file === undefined
    ? E.right(undefined)
    : pipe(
        readGiven(file),
        E.mapLeft((failure) => ({
          code: exitCode.config,
          detail: `${file} ${failure.reason === 'absent' ? 'does not exist' : failure.detail}`,
        })),
      );

const usageOf = (detail: string): ListenFailure => ({ code: exitCode.usage, detail });
