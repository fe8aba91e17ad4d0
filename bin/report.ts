import { constants } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import { type Choice, chosen } from '../lib/recorder/choose.js';
import { readRecording } from '../lib/recorder/read.js';
import { recordingLines, recordingSummary } from '../lib/recorder/show.js';
import { recorderFileName, type StatusDirectory, trusted } from '../lib/status/status-file.js';
import { readText } from '../lib/storage/read-text.js';
import { parseDuration } from '../lib/util/duration.js';
import { errorCode } from '../lib/util/error-code.js';
import { jsonLine, printable } from '../lib/util/printable.js';
import { type Command, complain, parseCommandLine, print, wrongUsage } from './command.js';
import { exitCode } from './exit-codes.js';
import { ownStatusDirectory } from './status-directory.js';
import { styleFor } from './style.js';
import { configDirectory, type Options, type Usage } from './usage.js';
import { userId } from './user-id.js';

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
  const texts = recorded(resolve(root));
  if (E.isLeft(texts)) return failed(texts.left);
  const choice: Choice = {
    ...(last.right === undefined ? {} : { lastMs: last.right }),
    ...(message === undefined ? {} : { message }),
  };
  const recording = chosen(readRecording(texts.right), choice);
  if (output !== undefined) {
    const { htmlReport, svgReport } = await import('../lib/report/report.js');
    try {
      await writeFile(
        output,
        output.endsWith('.html') ? htmlReport(recording.run) : svgReport(recording.run),
      );
    } catch (error) {
      return failed(`${output}: ${errorCode(error) ?? 'unknown error'}`);
    }
  } else if (json) for (const each of recording.run.messages) print(jsonLine(each));
  else for (const each of recordingLines(recording, styleFor(process.stdout))) print(each);
  complain(recordingSummary(recording));
  return exitCode.good;
};

/** The files of the recorder, in order of time. Left: there are none, or they can't be read. */
const recorded = (root: string): E.Either<string, readonly string[]> => {
  const own = ownStatusDirectory();
  const directories: readonly StatusDirectory[] = own.isShared
    ? [{ path: '/run/cvmqtt', isShared: false }, own]
    : [own];
  for (const directory of directories) {
    if (E.isLeft(trusted(directory, userId()))) continue;
    const file = join(directory.path, recorderFileName(root));
    const found = [`${file}.1`, file].map((path) => readText(path, constants.O_NOFOLLOW));
    const texts = found.flatMap((text) => (E.isRight(text) ? [text.right] : []));
    if (texts.length > 0) return E.right(texts);
    for (const text of found)
      if (E.isLeft(text) && text.left.reason !== 'absent') return E.left(`${file}: ${text.left.detail}`);
  }
  return E.left(`there is no recording of a daemon with the configuration directory ${root}`);
};

const failed = (detail: string): number => {
  complain(`cvmqtt report: ${printable(detail)}`);
  return exitCode.failed;
};

export const command: Command = { usage, main };
