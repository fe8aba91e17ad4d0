import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import { type IntegrationSet, parseIntegrations } from '../rules/routing/integrations.js';
import { readText } from '../storage/read-text.js';
import { type Config, readConfig, readFile } from './config.js';
import { parseCredentials } from './credentials.js';
import { notifierAddress } from './cvmain-config.js';
import type { ConfigProblem } from './problem.js';

/** A unit as its configuration directory is at this moment: what the daemon would decide by. */
export interface Unit {
  readonly config: Config;
  /** What is subscribed to; absent as long as the unit has no login. */
  readonly filters?: readonly string[];
  /** Empty where there is no file: nobody has registered yet. */
  readonly integrations: IntegrationSet;
  /** Where cvmain sends what is for the system notifier, `host:port`. */
  readonly notifier: string;
}

/** Reads the directory once. Left is the first thing that is missing or wrong. */
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
    ...(login.right === undefined ? {} : { filters: login.right.filters }),
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
      remedy: 'the daemon goes on with the last good set; correct it',
    })),
  );
