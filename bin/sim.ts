import { resolve } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import { printable } from '../lib/util/printable.js';
import { type Command, complain, parseCommandLine, wrongUsage } from './command.js';
import { exitCode, exitCodesText } from './exit-codes.js';
import { defaultHome, homeOf } from './sim/home.js';
import type { SimArguments } from './sim/part.js';
import { parts } from './sim/parts.js';
import { portOptions, portProblem, readPorts } from './sim/ports.js';

const usage = `usage: cvmqtt sim [home]                      a broker and a cvmain, until Ctrl-C
       cvmqtt sim broker [home]               the broker alone
       cvmqtt sim cvmain [home]               cvmain alone, at the broker of this home or at --broker
       cvmqtt sim server <home> <name> [body] the platform: sends one message, as integration-message
       cvmqtt sim app <home> <name>           an app: registers the name and prints its notifications, until Ctrl-C

  home                 cvmain's configuration directory, for cvmqtt run; default ./cvmqtt-home
  --broker URL         the broker that cvmain tells the unit to use
  --broker-port PORT   the broker's port; default: a free one
  --cvmain-port PORT   the port of cvmain's gRPC server; default: a free one
  --app-port PORT      the port of the app's UDP socket; default: a free one
  --notifier ADDRESS   the system notifier's address; default 127.0.0.1:5555
  --allow-reserved     let apps register names that start with vg:
  --timeout MS         the message's timeout: how long it stays valid

${exitCodesText('sim')}`;

const options = {
  broker: { type: 'string' },
  ...portOptions,
  notifier: { type: 'string', default: '127.0.0.1:5555' },
  'allow-reserved': { type: 'boolean', default: false },
  timeout: { type: 'string' },
} as const;

const main = async (args: readonly string[]): Promise<number> => {
  const line = parseCommandLine(args, options);
  if (E.isLeft(line)) return wrongUsage('sim', usage, line.left);
  const { values, positionals } = line.right;
  const ports = readPorts(values);
  if (E.isLeft(ports)) return wrongUsage('sim', usage, ports.left);
  const [first = '', ...rest] = positionals;
  const part = parts.get(first) ?? parts.get('site');
  const [home = defaultHome, ...words] = parts.has(first) ? rest : positionals;
  const path = parts.has(first) ? E.right(resolve(home)) : homeOf(home, [...parts.keys()]);
  if (E.isLeft(path)) return wrongUsage('sim', usage, path.left);
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
    return wrongUsage('sim', usage, 'wrong number of arguments');
  }
  if (Number.isNaN(given.timeoutMs)) return wrongUsage('sim', usage, '--timeout must be a number of ms');
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
