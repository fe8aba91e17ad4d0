import { resolve } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import { type Choice, chosen, drawable } from '../lib/recorder/choose.js';
import { recordedJson } from '../lib/recorder/json.js';
import { readRecording } from '../lib/recorder/read.js';
import { recordingLines, recordingSummary } from '../lib/recorder/show.js';
import { checkOutputFile, writeOutputFile } from '../lib/storage/output-file.js';
import { parseDuration } from '../lib/util/duration.js';
import { jsonLine, printable } from '../lib/util/printable.js';
import { type Command, complain, parseCommandLine, print, wrongUsage } from './command.js';
import { exitCode } from './exit-codes.js';
import { noneOf } from './none-of.js';
import { recorded } from './recorded.js';
import { styleFor } from './style.js';
import { configDirectory, type Options, type Usage } from './usage.js';

const options = {
  last: { type: 'string', value: 'TIME', help: 'only the last part: 10m, 90s' },
  message: {
    type: 'string',
    value: 'NAME',
    help: 'only messages with this name, or for the app of this name',
  },
  output: {
    type: 'string',
    short: 'o',
    value: 'FILE',
    help: 'draw it: a page (.html) or a picture (.svg)',
    path: 'file',
  },
  json: { type: 'boolean', default: false, help: 'one line of JSON for each message' },
} as const satisfies Options;

const usage: Usage = {
  name: 'report',
  forms: [['<config-dir> [options]']],
  about:
    'Shows what happened in the daemon of this unit: its flight recorder keeps the latest messages, calls to cvmain, changes of the registered apps and outages, also of a daemon that crashed.',
  arguments: [configDirectory],
  options,
  exitCodes: { 0: 'success', 1: "there is no recording, or the output can't be written" },
};

const main = async (args: readonly string[]): Promise<number> => {
  const line = parseCommandLine(args, options);
  if (E.isLeft(line)) return wrongUsage(usage, line.left);
  const { values, positionals } = line.right;
  const [root, ...more] = positionals;
  if (root === undefined || more.length > 0) return wrongUsage(usage, 'give one configuration directory');
  const last = values.last === undefined ? E.right(undefined) : parseDuration(values.last);
  if (E.isLeft(last)) return wrongUsage(usage, `--last: ${last.left}`);
  const { message, output, json } = values;
  if (output !== undefined && !/\.(html|svg)$/.test(output))
    return wrongUsage(usage, '-o must end in .html or .svg');
  const writable = output === undefined ? E.right(undefined) : await checkOutputFile(output);
  if (E.isLeft(writable)) return failed(writable.left);
  const files = recorded(resolve(root));
  if (E.isLeft(files)) return failed(files.left);
  for (const problem of files.right.problems) complain(`cvmqtt report: ${printable(problem)}`);
  const choice: Choice = {
    ...(last.right === undefined ? {} : { lastMs: last.right }),
    ...(message === undefined ? {} : { message }),
  };
  const whole = readRecording(files.right.texts);
  const recording = chosen(whole, choice);
  if (output !== undefined) {
    const { htmlReport, svgReport } = await import('../lib/report/report.js');
    const draw = output.endsWith('.html') ? htmlReport : svgReport;
    const written = await writeOutputFile(output, draw(drawable(recording)));
    if (E.isLeft(written)) return failed(written.left);
  }
  if (json) {
    const { messages, startedAt = 0 } = recording.run;
    for (const each of messages) print(jsonLine(recordedJson(each, startedAt)));
  } else if (output === undefined)
    for (const each of recordingLines(recording, styleFor(process.stdout))) print(each);
  complain(recordingSummary(recording));
  if (recording.run.messages.length === 0 && whole.run.messages.length > 0)
    complain(`cvmqtt report: ${noneOf(whole.run.messages.length)} chosen by --last or --message`);
  return exitCode.good;
};

const failed = (detail: string): number => {
  complain(`cvmqtt report: ${printable(detail)}`);
  return exitCode.failed;
};

export const command: Command = { usage, main };
