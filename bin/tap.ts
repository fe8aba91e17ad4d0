import * as E from 'fp-ts/lib/Either.js';
import { filter, from, fromEvent, lastValueFrom, merge, Subject, tap } from 'rxjs';
import { describe } from '../lib/log/describe.js';
import type { Report } from '../lib/log/event.js';
import { reasons } from '../lib/rules/rejection.js';
import { endOf } from '../lib/rules/tally.js';
import { printable } from '../lib/util/printable.js';
import { monotonicScheduler as scheduler } from '../streams/monotonic-scheduler.js';
import { type Tapped, tapped } from '../streams/programs/tap.js';
import { watchedFile } from '../streams/sources/file-content.js';
import { integrations } from '../streams/sources/integrations.js';
import {
  type Command,
  complain,
  exitCode,
  parseCommandLine,
  print,
  untilSignal,
  wrongUsage,
} from './command.js';
import { listenUsage, readWhere, whereOptions } from './listen/listen-target.js';
import { styleFor } from './style.js';
import { jsonLineOf, textLine } from './tap/lines.js';

const ends: readonly string[] = ['notified', ...reasons];

const usage = `usage: cvmqtt tap <config-dir> [options]

Tells each message as it comes, and what the daemon makes of it, until Ctrl-C. Nothing is delivered and no dead letter is
kept; it listens with a client id and a session of its own, so the daemon still gets everything.

      --reason REASON       only what ends so, also several times: ${ends.slice(0, 4).join(', ')},
                            ${ends.slice(4).join(', ')}
      --integration NAME    only what is for this app, also several times
      --count N             ends after N of them
      --json                a line of JSON for each

${listenUsage}

Exit codes: 0 ended by a signal or --count, 2 wrong usage, 78 the configuration is wrong.`;

const options = {
  ...whereOptions,
  reason: { type: 'string', multiple: true },
  integration: { type: 'string', multiple: true },
  count: { type: 'string' },
  json: { type: 'boolean', default: false },
} as const;

const main = async (args: readonly string[]): Promise<number> => {
  const line = parseCommandLine(args, options);
  if (E.isLeft(line)) return wrongUsage('tap', usage, line.left);
  const { values, positionals } = line.right;
  const [root, ...more] = positionals;
  const { reason: wanted, integration: names, count = 'Infinity', json } = values;
  if (root === undefined || more.length > 0)
    return wrongUsage('tap', usage, 'give one configuration directory');
  const unknown = wanted?.find((reason) => !ends.includes(reason));
  if (unknown !== undefined)
    return wrongUsage('tap', usage, `--reason ${unknown}: there are ${ends.join(', ')}`);
  if (!/^([1-9]\d{0,14}|Infinity)$/.test(count))
    return wrongUsage('tap', usage, '--count is a whole number from 1 on');
  const where = await readWhere('tap', values, root);
  if (E.isLeft(where)) return failed(where.left.detail, where.left.code);
  const { config } = where.right;
  if (config === undefined) return wrongUsage('tap', usage, 'give one configuration directory');

  const { stdout } = process;
  // Who reads them may go before the end.
  process.stderr.on('error', () => undefined);
  const report: Report = (event) => complain(printable(describe(event).message));
  const enough = new Subject<void>();
  const style = styleFor(stdout);
  let left = Number(count);
  const isWanted = ({ settlement }: Tapped): boolean =>
    left > 0 &&
    (wanted === undefined || wanted.includes(endOf(settlement))) &&
    (names === undefined || names.includes(settlement.message?.integration ?? ''));
  const tell = (each: Tapped): void => {
    print(json ? jsonLineOf(each) : textLine(each, style));
    left -= 1;
    if (left === 0) enough.next();
  };
  const tapped$ = tapped({
    ...where.right,
    config,
    credentials$: where.right.credentials$(report),
    integrations$: integrations(watchedFile(config.layout.integrations, { scheduler, report })),
    hasRoom: () => !stdout.writableNeedDrain,
    room$: fromEvent(stdout, 'drain'),
    stop$: merge(from(untilSignal()), fromEvent(stdout, 'error'), enough),
    scheduler,
    random: Math.random,
    report,
  });
  await lastValueFrom(tapped$.pipe(filter(isWanted), tap(tell)), { defaultValue: undefined });
  return exitCode.good;
};

const failed = (detail: string, code: number): number => {
  complain(`cvmqtt tap: ${printable(detail)}`);
  return code;
};

export const command: Command = { usage, main };
