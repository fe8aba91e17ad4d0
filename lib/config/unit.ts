import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import { type IntegrationSet, parseIntegrations } from '../rules/routing/integrations.js';
import { readText } from '../storage/read-text.js';
import { type Config, readConfig, readFile } from './config.js';
import { clientIdOf, parseCredentials } from './credentials.js';
import { notifierAddress } from './cvmain-config.js';
import type { ConfigProblem } from './problem.js';

/** A unit's configuration directory at this moment, as the daemon would see it. */
export interface Unit {
  readonly config: Config;
  /** The topic filters of the session; absent while the unit has no login. */
  readonly filters?: readonly string[];
  /** The daemon's client id; absent while the unit has no login. */
  readonly clientId?: string;
  /** Empty without a file: no app has registered yet. */
  readonly integrations: IntegrationSet;
  /** The system notifier's address, `host:port`. */
  readonly notifier: string;
}

/** Reads the directory once. Left: the first problem found. */
export async function readUnit(root: string): Promise<E.Either<ConfigProblem, Unit>> {
  const config = await readConfig(root);
  if (E.isLeft(config)) return config;
  const { layout } = config.right;
  const integrations = readIntegrations(layout.integrations);
  if (E.isLeft(integrations)) return integrations;
  const login = readFile(layout.credentials, parseCredentials);
  if (E.isLeft(login)) return login;
  const cvmain = E.getOrElse(() => '')(readText(layout.cvmain));
  return E.right({
    config: config.right,
    ...(login.right === undefined
      ? {}
      : { filters: login.right.filters, clientId: clientIdOf(login.right.username) }),
    integrations: integrations.right,
    notifier: notifierAddress(cvmain),
  });
}

const readIntegrations = (file: string): E.Either<ConfigProblem, IntegrationSet> =>
  pipe(
    readText(file),
    E.match(
      (failure) => (failure.reason === 'absent' ? E.right(new Map()) : E.left(failure.detail)),
      parseIntegrations,
    ),
    E.mapLeft((detail) => ({
      file,
      detail,
      remedy: 'correct it; until then, the daemon uses the last valid set',
    })),
  );
