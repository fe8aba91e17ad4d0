import * as E from 'fp-ts/lib/Either.js';
import { jsonLine, printable } from '../lib/util/printable.js';
import {
  type Command,
  complain,
  parseCommandLine,
  print,
  self,
  shellWord,
  untilSignal,
  wrongUsage,
} from './command.js';
import type { DevEvent } from './dev/event.js';
import { devPorts } from './dev/ports.js';
import { screenOn } from './dev/screen.js';
import { startDev } from './dev/start.js';
import { exitCode } from './exit-codes.js';
import { allowReservedOption, defaultHome, homeOf } from './sim/home.js';
import type { Options, Usage } from './usage.js';

const options = {
  'port-base': {
    type: 'string',
    value: 'PORT',
    help: "the broker's port; cvmain and the notifier get the next two; default: 1883, 7777 and 5555",
  },
  'allow-reserved': allowReservedOption,
  json: { type: 'boolean', default: false, help: 'one line of JSON for each event' },
} as const satisfies Options;

const usage: Usage = {
  name: 'dev',
  forms: [['[home] [options]']],
  about:
    'A locker unit on this machine, to develop an app against: a broker, a simulated cvmain and the daemon. Shows each message on its way to the app, or why it does not arrive, until Ctrl-C.',
  arguments: [{ name: 'home', help: `where the unit is kept; default ./${defaultHome}`, path: 'directory' }],
  options,
  exitCodes: { 0: 'stopped by a signal', 78: "a port can't be used or the home is broken" },
};

const main = async (args: readonly string[]): Promise<number> => {
  const line = parseCommandLine(args, options);
  if (E.isLeft(line)) return wrongUsage(usage, line.left);
  const { values, positionals } = line.right;
  const [given = defaultHome, ...more] = positionals;
  if (more.length > 0) return wrongUsage(usage, 'give at most one home');
  const home = homeOf(given, ['page', 'send', 'listen', 'integrations', 'help']);
  if (E.isLeft(home)) return wrongUsage(usage, home.left);
  const ports = devPorts(values['port-base']);
  if (E.isLeft(ports)) return wrongUsage(usage, ports.left);

  const signal = untilSignal();
  const screen = screenOn(process.stdout);
  const show = (event: DevEvent): void => {
    if (values.json) print(jsonLine(event));
    else if (event.event === 'started') introduce(given, event);
    else screen.show(event);
  };
  const dev = await startDev({
    home: home.right,
    ports: ports.right,
    allowReserved: values['allow-reserved'],
    emit: show,
  });
  if (E.isLeft(dev)) {
    complain(`cvmqtt dev: ${printable(dev.left)}`);
    return exitCode.config;
  }
  await Promise.race([signal, dev.right.ended]);
  screen.close();
  await dev.right.stop();
  return exitCode.good;
};

type Started = Extract<DevEvent, { readonly event: 'started' }>;

const introduce = (home: string, { broker, cvmain, notifier, username }: Started): void => {
  const inHome = home === defaultHome ? '' : ` --home ${shellWord(home)}`;
  const ofHome = home === defaultHome ? '' : `${shellWord(home)} `;
  print(`cvmqtt dev: unit ${username} on this machine, in ${home}

  broker    ${broker}
  cvmain    ${cvmain} (gRPC)
  notifier  ${notifier} (UDP), for apps without an address

In a second terminal, an app that prints its notifications; in a third, a message for it:

  ${self()} listen --register myapp${inHome}
  ${self()} send ${ofHome}myapp-hello '{"a":1}'

Ctrl-C ends it.
`);
};

export const command: Command = { usage, main };
