import * as E from 'fp-ts/lib/Either.js';
import type { Integration, IntegrationSet } from '../../lib/rules/routing/integrations.js';
import { nearest } from '../../lib/util/nearest.js';
import { checkAddress } from './address.js';
import { refusalText } from './cvmain-of.js';
import { registered } from './registered.js';
import { nameWarnings, replacedWarning } from './warnings.js';

/** Where apps register. */
export interface Registry {
  /** cvmain's configuration directory. */
  readonly home: string;
  /** `host:port` */
  readonly cvmain: string;
}

/** What was done: a sentence, and what will surprise. */
export interface Registered {
  readonly text: string;
  readonly warnings: readonly string[];
}

/** Registers an app through cvmain's own call. Left: why cvmain did not, and what to do. */
export const registerApp = async (
  { home, cvmain }: Registry,
  wanted: Integration,
): Promise<E.Either<string, Registered>> => {
  const { name, address } = wanted;
  const before = setOf(home);
  const { registerIntegration } = await import('../../sim/registration.js');
  const answer = await registerIntegration(cvmain, name, address);
  if (E.isLeft(answer)) return E.left(refusalText(name, cvmain, answer.left));
  const found = address === undefined ? undefined : await checkAddress(address);
  return E.right({
    text: `registered "${name}": ${found?.shown ?? 'its messages go to the system notifier'}`,
    warnings: [...nameWarnings(name), ...replacedWarning(wanted, before), ...(found?.warnings ?? [])],
  });
};

/** Removes the registration of an app. Left: why cvmain did not, and the nearest name. */
export const unregisterApp = async (
  { home, cvmain }: Registry,
  name: string,
): Promise<E.Either<string, Registered>> => {
  const { unregisterIntegration } = await import('../../sim/registration.js');
  const answer = await unregisterIntegration(cvmain, name);
  if (E.isRight(answer)) return E.right({ text: `removed "${name}"`, warnings: [] });
  const similar = nearest(name, [...setOf(home).keys()]);
  const hint =
    similar === undefined || similar === name ? '' : `; the nearest registered name is "${similar}"`;
  return E.left(`${refusalText(name, cvmain, answer.left)}${hint}`);
};

const setOf = (home: string): IntegrationSet =>
  E.getOrElse((): IntegrationSet => new Map())(registered(home));
