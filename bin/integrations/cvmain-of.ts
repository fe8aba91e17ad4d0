import * as E from 'fp-ts/lib/Either.js';
import { parseCvmainConfig } from '../../lib/config/cvmain-config.js';
import { layout } from '../../lib/config/layout.js';
import { reservedPrefix } from '../../lib/rules/routing/route.js';
import { readText } from '../../lib/storage/read-text.js';
import type { RegistrationFailure } from '../../sim/registration.js';
import { readPort } from '../sim/ports.js';
import type { Option } from '../usage.js';

/** The option of the commands that call a cvmain, see {@link cvmainOf}. */
export const cvmainOption = {
  type: 'string',
  value: 'ADDR',
  help: 'another cvmain, host:port',
} as const satisfies Option;

/** The address of cvmain, `host:port`: the given one, else that in the home's `config.json`. Left: why there is none. */
export const cvmainOf = (home: string, given: string | undefined): E.Either<string, string> => {
  if (given !== undefined)
    return /^(\[[0-9a-fA-F:]+\]|[\w.-]+):\d{1,5}$/.test(given) &&
      E.isRight(readPort('', /\d+$/.exec(given)?.[0] ?? '', 1))
      ? E.right(given)
      : E.left(`${given} is not host:port, such as 127.0.0.1:7777`);
  const file = layout(home).cvmain;
  const text = readText(file);
  if (E.isLeft(text))
    return E.left(
      `${home} has no config.json: start cvmqtt dev first, or give --home DIR or --cvmain HOST:PORT`,
    );
  const config = parseCvmainConfig(text.right);
  return E.isLeft(config) ? E.left(`${file}: ${config.left}`) : E.right(config.right.address);
};

/** Why a call did not reach cvmain, and what to do. */
const unreachable = (cvmain: string, status: string, detail: string): string => {
  const advice = 'start cvmqtt dev, and give the address of cvmain that it prints';
  if (detail.includes('ECONNREFUSED')) return `nothing listens on ${cvmain} (TCP): ${advice}`;
  return detail.startsWith('Name resolution failed')
    ? `the host of ${cvmain} can not be resolved: ${advice}`
    : `cvmain does not answer on ${cvmain} (${status}), where another program may listen: ${advice}`;
};

/** Why cvmain did not change a registration, and what to do. */
export const refusalText = (name: string, cvmain: string, failure: RegistrationFailure): string => {
  if (failure.reason === 'call-failed') return unreachable(cvmain, failure.status, failure.detail);
  const advice =
    failure.reason === 'refused' && name.startsWith(reservedPrefix)
      ? '; choose another name, or start cvmqtt dev --allow-reserved if it is the vendor’s own app'
      : '';
  return `cvmain refused "${name}": ${failure.detail}${advice}`;
};
