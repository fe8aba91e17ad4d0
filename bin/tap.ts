import * as E from 'fp-ts/lib/Either.js';
import { filter, from, fromEvent, lastValueFrom, merge, Subject, tap } from 'rxjs';
import { describe } from '../lib/log/describe.js';
import type { Report } from '../lib/log/event.js';
import { reasons } from '../lib/rules/rejection.js';
import { resultOf } from '../lib/rules/tally.js';
import { printable } from '../lib/util/printable.js';
import { monotonicScheduler as scheduler } from '../streams/monotonic-scheduler.js';
import { type Tapped, tapped } from '../streams/programs/tap.js';
import { watchedFile } from '../streams/sources/file-content.js';
import { integrations } from '../streams/sources/integrations.js';
import { type Command, complain, parseCommandLine, print, untilSignal, wrongUsage } from './command.js';
import { exitCode } from './exit-codes.js';
import { readListenTarget } from './listen/listen-target.js';
import { listenOptions } from './listen/options.js';
import { styleFor } from './style.js';
import { jsonLineOf, textLine } from './tap/lines.js';
import { configDirectory, type Options, type Usage } from './usage.js';

const results: readonly string[] = ['notified', ...reasons];

const options = {
  reason: {
    type: 'string',
    multiple: true,
    value: 'REASON',
    help: `only messages with this result; repeatable: ${results.join(', ')}`,
    words: results,
  },
  integration: {
    type: 'string',
    multiple: true,
    value: 'NAME',
    help: 'only messages for this app; repeatable',
  },
  count: { type: 'string', value: 'N', help: 'stop after N messages' },
  json: { type: 'boolean', default: false, help: 'one line of JSON for each' },
  ...listenOptions,
} as const satisfies Options;

const usage: Usage = {
  name: 'tap',
  forms: [['<config-dir> [options]']],
  about:
    'Shows each message as it comes, and what the daemon would make of it, until Ctrl-C. Nothing is delivered or stored. It uses its own client id and session, so the daemon still gets everything.',
  arguments: [configDirectory],
  options,
  exitCodes: { 0: 'stopped by a signal or --count', 78: 'invalid configuration' },
};

const main = async (args: readonly string[]): Promise<number> => {
  const line = parseCommandLine(args, options);
  if (E.isLeft(line)) return wrongUsage(usage, line.left);
  const { values, positionals } = line.right;
  const [root, ...more] = positionals;
  const { reason: wanted, integration: names, count = 'Infinity', json } = values;
  if (root === undefined || more.length > 0) return wrongUsage(usage, 'give one configuration directory');
  const unknown = wanted?.find((reason) => !results.includes(reason));
  if (unknown !== undefined)
    return wrongUsage(usage, `--reason must be one of ${results.join(', ')}, not ${unknown}`);
  if (!/^([1-9]\d{0,14}|Infinity)$/.test(count))
    return wrongUsage(usage, '--count must be a whole number from 1 on');
  const target = await readListenTarget('tap', values, root);
  if (E.isLeft(target)) return failed(target.left.detail, target.left.code);
  const { config } = target.right;
  if (config === undefined) return wrongUsage(usage, 'give one configuration directory');

  const { stdout } = process;
  // Ignores EPIPE: the tap continues without a reader of stderr.
  process.stderr.on('error', () => undefined);
  const report: Report = (event) => complain(printable(describe(event).message));
  const enough = new Subject<void>();
  const style = styleFor(stdout);
  let left = Number(count);
  const isWanted = ({ settlement }: Tapped): boolean =>
    left > 0 &&
    (wanted === undefined || wanted.includes(resultOf(settlement))) &&
    (names === undefined || names.includes(settlement.message?.integration ?? ''));
  const show = (each: Tapped): void => {
    print(json ? jsonLineOf(each) : textLine(each, style));
    left -= 1;
    if (left === 0) enough.next();
  };
  const tapped$ = tapped({
    ...target.right,
    config,
    credentials$: target.right.credentials$(report),
    integrations$: integrations(watchedFile(config.layout.integrations, { scheduler, report })),
    hasRoom: () => !stdout.writableNeedDrain,
    room$: fromEvent(stdout, 'drain'),
    stop$: merge(from(untilSignal()), fromEvent(stdout, 'error'), enough),
    scheduler,
    random: Math.random,
    report,
  });
  await lastValueFrom(tapped$.pipe(filter(isWanted), tap(show)), { defaultValue: undefined });
  return exitCode.good;
};

const failed = (detail: string, code: number): number => {
  complain(`cvmqtt tap: ${printable(detail)}`);
  return code;
};

export const command: Command = { usage, main };
