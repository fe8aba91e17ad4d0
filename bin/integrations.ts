import { resolve } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import { layout } from '../lib/config/layout.js';
import {
  type Integration,
  type IntegrationSet,
  parseIntegrations,
} from '../lib/rules/routing/integrations.js';
import { addressOf } from '../lib/rules/target.js';
import { readText } from '../lib/storage/read-text.js';
import { nearest } from '../lib/util/nearest.js';
import { jsonLine, printable } from '../lib/util/printable.js';
import { type Command, complain, parseCommandLine, print, wrongUsage } from './command.js';
import { exitCode } from './exit-codes.js';
import { cvmainOf, cvmainOption, refusalText } from './integrations/cvmain-of.js';
import { listens } from './integrations/listening.js';
import { nameWarnings, replacedWarning, silentWarning } from './integrations/warnings.js';
import { defaultHome } from './sim/home.js';
import { readPort } from './sim/ports.js';
import type { Options, Usage } from './usage.js';

const options = {
  host: {
    type: 'string',
    default: '127.0.0.1',
    value: 'HOST',
    help: 'where the app listens; default 127.0.0.1',
  },
  port: { type: 'string', value: 'PORT', help: 'its UDP port' },
  home: {
    type: 'string',
    default: defaultHome,
    value: 'DIR',
    help: `cvmain's configuration directory, to read the list and find its address; default ./${defaultHome}`,
    path: 'directory',
  },
  cvmain: cvmainOption,
  json: { type: 'boolean', default: false, help: 'the list as one line of JSON for each app' },
} as const satisfies Options;

const actions = ['list', 'add', 'remove'];

const usage: Usage = {
  name: 'integrations',
  forms: [['list'], ['add NAME [--host HOST] [--port PORT]'], ['remove NAME']],
  about:
    "Lists the apps that are registered with cvmain, registers one and removes one. Without a port, the app's messages go to the system notifier.",
  arguments: [{ name: 'list|add|remove', words: actions }, { name: 'NAME' }],
  options,
  exitCodes: { 0: 'success', 1: 'failure' },
};

const main = async (args: readonly string[]): Promise<number> => {
  const line = parseCommandLine(args, options);
  if (E.isLeft(line)) return wrongUsage(usage, line.left);
  const { values, positionals } = line.right;
  const [action = '', name, ...more] = positionals;
  if (!actions.includes(action)) {
    const meant = nearest(action, actions);
    return wrongUsage(
      usage,
      meant === undefined ? 'give list, add or remove' : `there is no "${action}"; did you mean ${meant}?`,
    );
  }
  if (more.length > 0 || (name === undefined) !== (action === 'list'))
    return wrongUsage(usage, action === 'list' ? 'list takes no name' : 'give one name');
  const home = resolve(values.home);
  const set = registered(home);
  if (name === undefined) return E.isLeft(set) ? failed(set.left) : list(set.right, values.json);
  const cvmain = cvmainOf(home, values.cvmain);
  if (E.isLeft(cvmain)) return failed(cvmain.left);
  if (action === 'remove')
    return remove(name, cvmain.right, E.getOrElse((): IntegrationSet => new Map())(set));
  const port = values.port === undefined ? E.right(undefined) : readPort('--port', values.port);
  if (E.isLeft(port)) return wrongUsage(usage, port.left);
  const { host } = values;
  const wanted = port.right === undefined ? { name } : { name, address: { host, port: port.right } };
  return add(wanted, cvmain.right, E.getOrElse((): IntegrationSet => new Map())(set));
};

/** The set that cvmain stored; cvmain has no call that lists it. */
const registered = (home: string): E.Either<string, IntegrationSet> => {
  const file = layout(home).integrations;
  const text = readText(file);
  if (E.isLeft(text))
    return E.left(`${file}: ${text.left.reason === 'absent' ? 'does not exist' : text.left.detail}`);
  return E.mapLeft((fault: string) => `${file}: ${fault}`)(parseIntegrations(text.right));
};

const list = async (set: IntegrationSet, json: boolean): Promise<number> => {
  for (const { name, address } of set.values()) {
    const shown = address === undefined ? undefined : addressOf(address).sendAddr;
    const isHeard = address === undefined ? undefined : await listens(address.host, address.port);
    const warnings = [
      ...nameWarnings(name),
      ...(shown !== undefined && isHeard === false ? [silentWarning(shown)] : []),
    ];
    if (json) print(jsonLine({ name, address: shown ?? null, listens: isHeard ?? null, warnings }));
    else {
      print(`${printable(name, 64).padEnd(24)}  ${printable(shown ?? 'by the notifier')}`);
      for (const warning of warnings) print(`  ${printable(warning)}`);
    }
  }
  if (set.size === 0 && !json) print('no app is registered');
  return exitCode.good;
};

const add = async (wanted: Integration, cvmain: string, set: IntegrationSet): Promise<number> => {
  const { name, address } = wanted;
  const { registerIntegration } = await import('../sim/registration.js');
  const answer = await registerIntegration(cvmain, name, address);
  if (E.isLeft(answer)) return failed(refusalText(name, cvmain, answer.left));
  const shown = address === undefined ? undefined : addressOf(address).sendAddr;
  print(`registered "${printable(name)}": ${printable(shown ?? 'its messages go to the system notifier')}`);
  const isHeard = address === undefined ? undefined : await listens(address.host, address.port);
  const silent = shown !== undefined && isHeard === false ? [silentWarning(shown)] : [];
  for (const warning of [...nameWarnings(name), ...replacedWarning(wanted, set), ...silent]) warn(warning);
  return exitCode.good;
};

const remove = async (name: string, cvmain: string, set: IntegrationSet): Promise<number> => {
  const { unregisterIntegration } = await import('../sim/registration.js');
  const answer = await unregisterIntegration(cvmain, name);
  if (E.isRight(answer)) {
    print(`removed "${printable(name)}"`);
    return exitCode.good;
  }
  const similar = nearest(name, [...set.keys()]);
  const hint =
    similar === undefined || similar === name ? '' : `; the nearest registered name is "${similar}"`;
  return failed(`${refusalText(name, cvmain, answer.left)}${hint}`);
};

const warn = (text: string): void => complain(`cvmqtt integrations: ${printable(text, 1_000)}`);

const failed = (detail: string): number => {
  warn(detail);
  return exitCode.failed;
};

export const command: Command = { usage, main };
