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
import { actionsOf } from './dev/page/actions.js';
import { startPage } from './dev/page/server.js';
import { devPorts, pagePort } from './dev/ports.js';
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
  page: {
    type: 'boolean',
    default: false,
    help: 'serves a page for the browser that shows it all live, with forms to send, register and unregister',
  },
  'page-port': {
    type: 'string',
    value: 'PORT',
    help: "the page's port on 127.0.0.1; default: 7780, or the port after those from --port-base",
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

/** What is meant by a word that is no home, see {@link homeOf}. */
const mistyped = {
  page: '--page',
  help: '--help',
  send: 'cvmqtt send',
  listen: 'cvmqtt listen',
  integrations: 'cvmqtt integrations',
};

const main = async (args: readonly string[]): Promise<number> => {
  const line = parseCommandLine(args, options);
  if (E.isLeft(line)) return wrongUsage(usage, line.left);
  const { values, positionals } = line.right;
  const [given = defaultHome, ...more] = positionals;
  if (more.length > 0) return wrongUsage(usage, 'give at most one home');
  const home = homeOf(given, mistyped);
  if (E.isLeft(home)) return wrongUsage(usage, home.left);
  const ports = devPorts(values['port-base']);
  if (E.isLeft(ports)) return wrongUsage(usage, ports.left);
  if (values['page-port'] !== undefined && !values.page)
    return wrongUsage(usage, '--page-port goes with --page');
  const port = pagePort(values['page-port'], values['port-base']);
  if (E.isLeft(port)) return wrongUsage(usage, port.left);
  const { broker, cvmain } = ports.right;
  if (values.page && [broker, cvmain].includes(port.right))
    return wrongUsage(usage, `port ${port.right} is the broker's or cvmain's: give --page-port another`);

  const signal = untilSignal();
  const page = values.page
    ? await startPage(port.right, () =>
        show({
          at: new Date().toISOString(),
          event: 'log',
          level: 'warning',
          message: `a gRPC client called the page's port: cvmain is on 127.0.0.1:${cvmain}`,
        }),
      )
    : E.right(undefined);
  if (E.isLeft(page)) return failed(page.left);
  const live = page.right;
  const screen = screenOn(process.stdout);
  const show = (event: DevEvent): void => {
    live?.take(event);
    if (event.event === 'started') live?.act(actionsOf({ home: home.right, ...event }));
    if (values.json) print(jsonLine(event));
    else if (event.event === 'started') introduce(given, event);
    else screen.show(event);
  };
  const dev = await startDev({
    home: home.right,
    ports: ports.right,
    allowReserved: values['allow-reserved'],
    ...(live === undefined ? {} : { page: live.url }),
    emit: show,
  });
  if (E.isRight(dev)) await Promise.race([signal, dev.right.ended]);
  screen.close();
  await live?.close();
  if (E.isLeft(dev)) return failed(dev.left);
  await dev.right.stop();
  return exitCode.good;
};

const failed = (detail: string): number => {
  complain(`cvmqtt dev: ${printable(detail)}`);
  return exitCode.config;
};

type Started = Extract<DevEvent, { readonly event: 'started' }>;

const introduce = (home: string, { broker, cvmain, notifier, username, page }: Started): void => {
  const inHome = home === defaultHome ? '' : ` --home ${shellWord(home)}`;
  const ofHome = home === defaultHome ? '' : `${shellWord(home)} `;
  print(`cvmqtt dev: unit ${username} on this machine, in ${home}

  broker    ${broker}
  cvmain    ${cvmain} (gRPC)
  notifier  ${notifier} (UDP), for apps without an address
${page === undefined ? '' : `  page      ${page}\n`}
In a second terminal, an app that prints its notifications; in a third, a message for it:

  ${self()} listen --register myapp${inHome}
  ${self()} send ${ofHome}myapp-hello '{"a":1}'

Ctrl-C ends it.
`);
};

export const command: Command = { usage, main };
