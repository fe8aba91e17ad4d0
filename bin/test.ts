import * as E from 'fp-ts/lib/Either.js';
import { type Command, parseCommandLine, wrongUsage } from './command.js';
import { parseOptions } from './replay/options.js';
import { testFromCapture } from './test/from-capture.js';
import { runTests } from './test/run-tests.js';
import { watchTests } from './test/watch-tests.js';
import type { Options, Usage } from './usage.js';

const options = {
  'config-dir': {
    type: 'string',
    value: 'DIR',
    help: "cvmain's configuration directory: its files apply unless a test says otherwise",
    path: 'directory',
  },
  settings: {
    type: 'string',
    value: 'FILE',
    help: 'use these settings: a file like mq/cvmqtt.json',
    path: 'file',
  },
  junit: { type: 'string', value: 'FILE', help: 'also write the results as JUnit XML', path: 'file' },
  watch: { type: 'boolean', default: false, help: 'run again when a file changes, until Ctrl-C' },
  'from-capture': {
    type: 'string',
    value: 'CAPTURE',
    help: 'write a test from a recorded incident, shortened to a message of each kind',
    path: 'file',
    heading: '',
  },
  output: {
    short: 'o',
    type: 'string',
    value: 'FILE',
    help: 'write that test to this new file; default: stdout',
    path: 'file',
  },
  from: {
    type: 'string',
    value: 'T',
    help: 'start there: a time since the start (90s, 1h30m) or a date (RFC 3339)',
  },
  to: { type: 'string', value: 'T', help: 'stop there' },
  outages: {
    type: 'string',
    value: 'FILE',
    help: 'when cvmain was away, as for cvmqtt replay',
    path: 'file',
  },
} as const satisfies Options;

const usage: Usage = {
  name: 'test',
  forms: [
    ['FILE... [options]', 'runs rule tests'],
    ['--from-capture CAPTURE... [options]', 'writes one from what was recorded'],
  ],
  about:
    "Runs rule tests: messages, changes of the registered apps, and the expected result of each message, as marble diagrams (docs/rule-tests.md). The daemon's own pipeline runs in virtual time, so a hold of an hour takes no time. Nothing is sent.",
  arguments: [{ name: 'FILE', path: 'file', many: true }],
  options,
  exitCodes: {
    0: 'all tests passed, or a test was written',
    1: 'a test failed or a file is broken',
    78: 'invalid configuration',
  },
};

const main = async (args: readonly string[]): Promise<number> => {
  const line = parseCommandLine(args, options);
  if (E.isLeft(line)) return wrongUsage(usage, line.left);
  const { values, positionals } = line.right;
  const { 'config-dir': configDirectory, 'from-capture': capture, junit: junitFile, output } = values;
  if (capture === undefined) {
    if (
      output !== undefined ||
      values.from !== undefined ||
      values.to !== undefined ||
      values.outages !== undefined
    )
      return wrongUsage(usage, '--output, --from, --to and --outages are for --from-capture');
    if (positionals.length === 0) return wrongUsage(usage, 'give at least one file of rule tests');
    const run = {
      files: positionals,
      ...(configDirectory === undefined ? {} : { configDirectory }),
      ...(values.settings === undefined ? {} : { settingsFile: values.settings }),
      ...(junitFile === undefined ? {} : { junitFile }),
    };
    return values.watch ? watchTests(run) : runTests(run);
  }
  if (values.watch || junitFile !== undefined)
    return wrongUsage(
      usage,
      "--from-capture writes a test and runs none: it can't be combined with --watch or --junit",
    );
  const replay = parseOptions([
    ...(['from', 'to', 'outages', 'config-dir', 'settings'] as const).flatMap((name) => {
      const value = values[name];
      return value === undefined ? [] : [`--${name}=${value}`];
    }),
    '--',
    capture,
    ...positionals,
  ]);
  return E.isLeft(replay) ? wrongUsage(usage, replay.left) : testFromCapture(replay.right, output);
};

export const command: Command = { usage, main };
