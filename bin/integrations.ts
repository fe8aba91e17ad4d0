import { resolve } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import type { IntegrationSet } from '../lib/rules/routing/integrations.js';
import { nearest } from '../lib/util/nearest.js';
import { jsonLine, printable } from '../lib/util/printable.js';
import { type Command, complain, parseCommandLine, print, wrongUsage } from './command.js';
import { exitCode } from './exit-codes.js';
import { checkAddress } from './integrations/address.js';
import { cvmainOf, cvmainOption } from './integrations/cvmain-of.js';
import { type Registered, registerApp, unregisterApp } from './integrations/register.js';
import { registered } from './integrations/registered.js';
import { nameWarnings } from './integrations/warnings.js';
import { defaultHome } from './sim/home.js';
import { readPort } from './sim/ports.js';
import type { Options, Usage } from './usage.js';

const options = {
  host: {
    type: 'string',
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
    return wrongUsage(usage, action === 'list' ? 'list takes no name' : `give one name${portMeant(more)}`);
  if (action === 'list' && values.cvmain !== undefined)
    return wrongUsage(usage, 'the list is read from --home: no call of cvmain lists its apps');
  if (values.host !== undefined && values.port === undefined)
    return wrongUsage(usage, '--host goes with --port');
  const home = resolve(values.home);
  if (name === undefined) {
    const set = registered(home);
    return E.isLeft(set) ? failed(set.left) : list(set.right, values.json);
  }
  const cvmain = cvmainOf(home, values.cvmain);
  if (E.isLeft(cvmain)) return failed(cvmain.left);
  const registry = { home, cvmain: cvmain.right };
  if (action === 'remove') return tell(await unregisterApp(registry, name));
  const port = values.port === undefined ? E.right(undefined) : readPort('--port', values.port, 1);
  if (E.isLeft(port)) return wrongUsage(usage, port.left);
  const { host = '127.0.0.1' } = values;
  const wanted = port.right === undefined ? { name } : { name, address: { host, port: port.right } };
  return tell(await registerApp(registry, wanted));
};

/** What to write instead of a second word that is a port, as `listen` takes it. */
const portMeant = ([word = '']: readonly string[]): string =>
  E.isRight(readPort('', word, 1)) ? `, and the port as --port ${word}` : '';

const list = async (set: IntegrationSet, json: boolean): Promise<number> => {
  for (const { name, address } of set.values()) {
    const found = address === undefined ? undefined : await checkAddress(address);
    const warnings = [...nameWarnings(name), ...(found?.warnings ?? [])];
    if (json)
      print(jsonLine({ name, address: found?.shown ?? null, listens: found?.listens ?? null, warnings }));
    else {
      print(`${printable(name, 64).padEnd(24)}  ${printable(found?.shown ?? 'by the notifier')}`);
      for (const warning of warnings) print(`  ${printable(warning)}`);
    }
  }
  if (set.size === 0 && !json) print('no app is registered');
  return exitCode.good;
};

/** Prints what was done and what will surprise, or why it was not done. */
const tell = (done: E.Either<string, Registered>): number => {
  if (E.isLeft(done)) return failed(done.left);
  print(printable(done.right.text));
  for (const warning of done.right.warnings) warn(warning);
  return exitCode.good;
};

const warn = (text: string): void => complain(`cvmqtt integrations: ${printable(text, 1_000)}`);

const failed = (detail: string): number => {
  warn(detail);
  return exitCode.failed;
};

export const command: Command = { usage, main };
