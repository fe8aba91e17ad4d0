import { resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import * as E from 'fp-ts/lib/Either.js';
import { systemClock } from '../lib/clock/system-clock.js';
import { metricsText } from '../lib/status/metrics.js';
import { Rates } from '../lib/status/rates.js';
import { statusLine, statusText, waitingOf } from '../lib/status/show.js';
import type { Snapshot } from '../lib/status/snapshot.js';
import { statusJson } from '../lib/status/status-json.js';
import { showDuration } from '../lib/util/duration.js';
import { jsonLine, printable } from '../lib/util/printable.js';
import { type Command, complain, parseCommandLine, print, wrongUsage } from './command.js';
import { exitCode } from './exit-codes.js';
import { type Found, look, nowFor } from './status/look.js';
import type { Options, Usage } from './usage.js';

const options = {
  json: { type: 'boolean', default: false, help: 'one line of JSON; its fields are in docs/json.md' },
  metrics: {
    type: 'boolean',
    default: false,
    help: 'the metrics for Prometheus, for the textfile collector of node_exporter',
  },
  watch: { type: 'boolean', default: false, help: 'again each second, until Ctrl-C' },
} as const satisfies Options;

const usage: Usage = {
  name: 'status',
  forms: [['[<config-dir>] [options]']],
  about:
    'Shows what the daemon on this unit does: what it waits for, what it holds, what became of its messages.',
  arguments: [
    {
      name: '<config-dir>',
      help: "the daemon's configuration directory; needed only if several daemons run",
      path: 'directory',
    },
  ],
  options,
  notes:
    'It reads the file that the daemon keeps in $RUNTIME_DIRECTORY, in /run/cvmqtt, or in a directory of this user in RAM.',
  exitCodes: {
    0: 'subscribed, and cvmain answers',
    1: 'the daemon waits for something',
    69: 'no daemon runs',
  },
};

const main = async (args: readonly string[]): Promise<number> => {
  const line = parseCommandLine(args, options);
  if (E.isLeft(line)) return wrongUsage(usage, line.left);
  const { values, positionals } = line.right;
  const [root, ...more] = positionals;
  if (more.length > 0) return wrongUsage(usage, 'give at most one configuration directory');
  if (values.metrics && (values.json || values.watch))
    return wrongUsage(usage, '--metrics goes with no other option');
  if (values.metrics) return showMetrics(look(root === undefined ? undefined : resolve(root)));
  const isScreen = values.watch && !values.json && process.stdout.isTTY && process.env['TERM'] !== 'dumb';
  const rates = new Rates();
  let isReaderGone = false;
  process.stdout.on('error', () => {
    isReaderGone = true;
  });
  for (;;) {
    const found = look(root === undefined ? undefined : resolve(root));
    const code = isScreen ? draw(found, rates) : show(found, values.json, values.watch);
    if (!values.watch || isReaderGone) return code;
    await wait(1_000);
  }
};

/** Prints the metrics; without a daemon, only that it is down. None if a daemon may run whose status is not known. */
const showMetrics = (found: Found): number => {
  if (E.isLeft(found) && found.left.mayRun) return show(found, false, false);
  const running = E.isRight(found) && found.right.runs ? found.right.snapshot : undefined;
  process.stdout.write(
    metricsText(running, running === undefined ? 0 : nowFor(running), systemClock.wallMs()),
  );
  return running === undefined ? exitCode.unavailable : codeOf(running);
};

/** Draws the screen anew, in the size that the terminal has now; a serial console reports 0. */
const draw = (found: Found, rates: Rates): number => {
  const { columns, rows } = process.stdout;
  const width = columns || 80;
  process.stdout.write('\x1b[H\x1b[2J');
  if (E.isLeft(found) || !found.right.runs) return show(found, false, true);
  const { snapshot } = found.right;
  rates.add(snapshot, systemClock.uptimeMs());
  const text = statusText(snapshot, nowFor(snapshot), systemClock.wallMs(), width);
  process.stdout.write([...text, ...rates.lines(width)].slice(0, rows || 24).join('\n'));
  return codeOf(snapshot);
};

const codeOf = (snapshot: Snapshot): number =>
  waitingOf(snapshot) === undefined ? exitCode.good : exitCode.failed;

const show = (found: Found, json: boolean, brief: boolean): number => {
  if (E.isLeft(found)) {
    if (json) print(jsonLine({ running: false, detail: found.left.detail }));
    else complain(`cvmqtt status: ${printable(found.left.detail)}`);
    return exitCode.unavailable;
  }
  const { snapshot, runs } = found.right;
  const now = nowFor(snapshot);
  if (json) print(jsonLine(statusJson(runs, snapshot)));
  else if (brief && runs) print(statusLine(snapshot));
  else if (runs) for (const line of statusText(snapshot, now, systemClock.wallMs())) print(line);
  else {
    const age = showDuration(Math.max(0, now - snapshot.written_at));
    complain(
      `cvmqtt status: process ${snapshot.pid} is gone without stopping; its last status, ${age} old, is: ${statusLine(snapshot)}`,
    );
  }
  return runs ? codeOf(snapshot) : exitCode.unavailable;
};

export const command: Command = { usage, main };
