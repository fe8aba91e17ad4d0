import { resolve } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import { printable } from '../lib/util/printable.js';
import { type Command, complain, parseCommandLine, wrongUsage } from './command.js';
import { exitCode } from './exit-codes.js';
import { allowReservedOption, defaultHome, homeOf } from './sim/home.js';
import type { SimArguments } from './sim/part.js';
import { parts } from './sim/parts.js';
import { portOptions, portProblem, readPorts } from './sim/ports.js';
import type { Options, Usage } from './usage.js';

const options = {
  broker: { type: 'string', value: 'URL', help: 'the broker that cvmain tells the unit to use' },
  ...portOptions,
  notifier: {
    type: 'string',
    default: '127.0.0.1:5555',
    value: 'ADDRESS',
    help: "the system notifier's address; default 127.0.0.1:5555",
  },
  'allow-reserved': allowReservedOption,
  timeout: { type: 'string', value: 'MS', help: "the message's timeout: how long it stays valid" },
} as const satisfies Options;

const usage: Usage = {
  name: 'sim',
  forms: [
    ['[home]', 'a broker and a cvmain, until Ctrl-C'],
    ['broker [home]', 'the broker alone'],
    ['cvmain [home]', 'cvmain alone, at the broker of this home or at --broker'],
    ['server <home> <name> [body]', 'the platform: sends one message, as integration-message'],
    ['app <home> <name>', 'an app: registers the name and prints its notifications, until Ctrl-C'],
  ],
  arguments: [
    { name: 'broker|cvmain|server|app', words: ['broker', 'cvmain', 'server', 'app'], path: 'directory' },
    {
      name: 'home',
      help: `cvmain's configuration directory, for cvmqtt run; default ./${defaultHome}`,
      path: 'directory',
    },
  ],
  options,
  exitCodes: { 0: 'success', 1: 'failure', 78: "a port can't be used or the home is broken" },
};

/** What is meant by a word that is no home, see {@link homeOf}. */
const mistyped = Object.fromEntries([...parts.keys()].map((part) => [part, `cvmqtt sim ${part}`]));

const main = async (args: readonly string[]): Promise<number> => {
  const line = parseCommandLine(args, options);
  if (E.isLeft(line)) return wrongUsage(usage, line.left);
  const { values, positionals } = line.right;
  const ports = readPorts(values);
  if (E.isLeft(ports)) return wrongUsage(usage, ports.left);
  const [first = '', ...rest] = positionals;
  const part = parts.get(first) ?? parts.get('site');
  const [home = defaultHome, ...words] = parts.has(first) ? rest : positionals;
  const path = parts.has(first) ? E.right(resolve(home)) : homeOf(home, mistyped);
  if (E.isLeft(path)) return wrongUsage(usage, path.left);
  const given: SimArguments = {
    home: path.right,
    words,
    ports: ports.right,
    brokerUrl: values.broker,
    notifierAddr: values.notifier,
    allowReserved: values['allow-reserved'],
    timeoutMs: values.timeout === undefined ? undefined : Number(values.timeout),
  };
  if (part === undefined || words.length < part.words.least || words.length > part.words.most) {
    return wrongUsage(usage, 'wrong number of arguments');
  }
  if (Number.isNaN(given.timeoutMs)) return wrongUsage(usage, '--timeout must be a number of ms');
  try {
    const ended = await part.start(given);
    if (E.isRight(ended)) return exitCode.good;
    complain(`cvmqtt sim: ${printable(ended.left.detail)}`);
    return ended.left.exitCode;
  } catch (error) {
    const problem = portProblem(error, ports.right);
    if (problem === undefined) throw error;
    complain(`cvmqtt sim: ${problem}`);
    return exitCode.config;
  }
};

export const command: Command = { usage, main };
