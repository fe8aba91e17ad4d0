import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import * as t from 'io-ts';
import { decodeJsonWith } from '../util/codec.js';
import { type BrokerAddress, parseBrokerAddress } from './broker-address.js';
import { type Claims, claimsOf } from './token.js';

/** The broker's address and this unit's login. */
export interface Credentials extends Omit<Claims, 'remarks'> {
  readonly address: BrokerAddress;
  readonly username: string;
  /** The token: a secret. */
  readonly password: string;
  /** What could not be read in the token, see `Claims`. */
  readonly remarks?: readonly string[];
}

/** Anything longer is a mistake, not a token; MQTT would allow 65,535. */
const maxTokenLength = 16_384;

/** Restricted, as it becomes part of a topic filter and of the client id. */
export const Username = t.refinement(
  t.string,
  (name) => /^[^\s/+#\p{Cc}]{0,128}$/u.test(name),
  'a username without / + # or whitespace',
);

const Password = t.refinement(t.string, (token) => token.length <= maxTokenLength, 'a token');

const CredentialsJson = t.partial(
  { server_uri: t.string, username: Username, password: Password },
  'an object',
);

/**
 * Parses `mq/mq.json`; undefined if a field is missing or empty, as before the unit is registered. Left names the field
 * and what is wrong with it, never its value (docs/domain.md#broker).
 */
export const parseCredentials = (text: string): E.Either<string, Credentials | undefined> =>
  pipe(
    decodeJsonWith(CredentialsJson)(text),
    E.chain(({ server_uri, username, password }) =>
      server_uri && username && password ? credentialsOf(server_uri, username, password) : E.right(undefined),
    ),
  );

/** The same login with another token. Left: what is wrong with the token; it quotes no part of it. */
export const withToken = (
  { address, username }: Credentials,
  token: string,
): E.Either<string, Credentials> =>
  Password.is(token) ? E.right(loginOf(address, username, token)) : E.left('the token is too long');

/** The client id of a unit; it identifies the unit's session at the broker. */
export const clientIdOf = (username: string): string => `cvmqtt-${username}`;

const credentialsOf = (
  serverUri: string,
  username: string,
  password: string,
): E.Either<string, Credentials> =>
  pipe(
    parseBrokerAddress(serverUri),
    E.bimap(
      (detail) => `field server_uri: ${detail}`,
      (address) => loginOf(address, username, password),
    ),
  );

const loginOf = (address: BrokerAddress, username: string, password: string): Credentials => ({
  address,
  username,
  password,
  ...claimsOf(password, { username, clientId: clientIdOf(username) }),
});
