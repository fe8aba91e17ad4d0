import { resolve } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import { isReachable } from '../lib/rules/message/name.js';
import { jsonLine, printable } from '../lib/util/printable.js';
import type { Notification } from '../sim/app.js';
import { type Command, complain, parseCommandLine, print, untilSignal, wrongUsage } from './command.js';
import { exitCode } from './exit-codes.js';
import { cvmainOf, cvmainOption, refusalText } from './integrations/cvmain-of.js';
import { takenWarning } from './integrations/taken.js';
import { defaultHome } from './sim/home.js';
import { portReason, readPort } from './sim/ports.js';
import { styleFor } from './style.js';
import type { Options, Usage } from './usage.js';

const options = {
  register: {
    type: 'string',
    value: 'NAME',
    help: 'registers the app with cvmain under this name, and unregisters it at the end',
  },
  home: {
    type: 'string',
    default: defaultHome,
    value: 'DIR',
    help: `the home of cvmqtt dev, to find its cvmain; default ./${defaultHome}`,
    path: 'directory',
  },
  cvmain: cvmainOption,
  json: { type: 'boolean', default: false, help: 'one line of JSON for each notification' },
} as const satisfies Options;

const usage: Usage = {
  name: 'listen',
  forms: [['[port] [options]']],
  about: 'An app that prints its notifications, until Ctrl-C: UDP packets to this port of 127.0.0.1.',
  arguments: [{ name: 'port', help: 'default: a free one' }],
  options,
  exitCodes: {
    0: 'stopped by a signal',
    1: 'cvmain did not register the name',
    78: "a port can't be used",
  },
};

const main = async (args: readonly string[]): Promise<number> => {
  const line = parseCommandLine(args, options);
  if (E.isLeft(line)) return wrongUsage(usage, line.left);
  const { values, positionals } = line.right;
  const [given = '0', ...more] = positionals;
  if (more.length > 0) return wrongUsage(usage, 'give at most one port');
  const port = readPort('port', given);
  if (E.isLeft(port)) return wrongUsage(usage, port.left);
  const { register: name, json } = values;
  const cvmain = name === undefined ? undefined : await cvmainOf(resolve(values.home), values.cvmain);
  if (cvmain !== undefined && E.isLeft(cvmain)) return failed(cvmain.left, exitCode.failed);

  const signal = untilSignal();
  const { startApp } = await import('../sim/app.js');
  try {
    const app = await startApp({
      port: port.right,
      onNotification: (notification) => show(notification, json),
      onRejected: (fault) => complain(`cvmqtt listen: a packet is no notification: ${printable(fault)}`),
    });
    try {
      if (name === undefined || cvmain === undefined) {
        complain(`listening on ${app.address} (UDP); Ctrl-C ends it`);
        await signal;
        return exitCode.good;
      }
      const taken = await takenWarning(resolve(values.home), { name, address: app.integration });
      const registered = await app.registerWith(cvmain.right, name, app.integration);
      if (E.isLeft(registered))
        return failed(refusalText(name, cvmain.right, registered.left), exitCode.failed);
      complain(
        `registered "${printable(name)}" with cvmain ${cvmain.right}, listening on ${app.address} (UDP); Ctrl-C ends it`,
      );
      for (const warning of taken) complain(`cvmqtt listen: ${printable(warning)}`);
      if (!isReachable(name))
        complain(
          `cvmqtt listen: "${printable(name)}" can never receive a message: names are split at their first dash; choose one without a dash`,
        );
      await signal;
      await app.unregisterFrom(cvmain.right, name);
      return exitCode.good;
    } finally {
      await app.close();
    }
  } catch (error) {
    const reason = portReason(error);
    if (reason === undefined) throw error;
    return failed(`port ${port.right} ${reason}; choose another, or none for a free one`, exitCode.config);
  }
};

const failed = (detail: string, code: number): number => {
  complain(`cvmqtt listen: ${printable(detail)}`);
  return code;
};

/** Prints a notification: as it came, or a line a value. */
const show = (notification: Notification, json: boolean): void => {
  if (json) {
    print(jsonLine(notification));
    return;
  }
  const { good, faint } = styleFor(process.stdout);
  print(`${faint(new Date().toISOString().slice(11, 23))}  ${good(printable(notification.type))}`);
  for (const { k, v } of notification.vals)
    print(`  ${faint(printable(k, 40).padEnd(12))} ${printable(v, 32_768)}`);
};

export const command: Command = { usage, main };
