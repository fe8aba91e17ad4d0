import { resolve } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import { type Finding, type Level, verdictOf } from '../lib/check/finding.js';
import { plural } from '../lib/util/plural.js';
import { jsonLine } from '../lib/util/printable.js';
import { check } from './check/check.js';
import { findingText } from './check/finding-text.js';
import { type Command, parseCommandLine, print, wrongUsage } from './command.js';
import { exitCode } from './exit-codes.js';
import { forStream } from './journal.js';
import { stateDirOption } from './state-directory.js';
import { exitSoon } from './stderr.js';
import { styleFor } from './style.js';
import { configDirectory, type Options, type Usage } from './usage.js';

const options = {
  'state-dir': stateDirOption,
  offline: { type: 'boolean', default: false, help: 'neither cvmain nor the broker' },
  strict: { type: 'boolean', default: false, help: 'warnings count as errors' },
  json: { type: 'boolean', default: false, help: 'one line of JSON for each finding' },
} as const satisfies Options;

const usage: Usage = {
  name: 'check',
  forms: [['<config-dir> [options]']],
  about:
    'Checks all that the daemon needs, and says what to do: files, token, registered apps, clock, state directory; cvmain and the broker, for up to 5 s. It changes nothing, and connects with a client id and a session of its own, so the daemon may run.',
  arguments: [configDirectory],
  options,
  exitCodes: {
    0: 'no errors',
    1: 'errors, or warnings (--strict)',
    78: 'mq/cvmqtt.json is invalid',
  },
};

const main = async (args: readonly string[]): Promise<number> => {
  const line = parseCommandLine(args, options);
  if (E.isLeft(line)) return wrongUsage(usage, line.left);
  const { values, positionals } = line.right;
  const [given, ...more] = positionals;
  if (given === undefined || more.length > 0) return wrongUsage(usage, 'give one configuration directory');
  const findings = await check(resolve(given), values['state-dir'], values.offline);
  const style = styleFor(process.stdout);
  for (const each of findings)
    print(forStream(1, priorities[each.level], values.json ? jsonLine(each) : findingText(each, style)));
  if (!values.json)
    print(`${plural(count(findings, 'error'), 'error')}, ${plural(count(findings, 'warning'), 'warning')}`);
  const verdict = verdictOf(findings, values.strict);
  const code = exitCode[verdict];
  // A name server that does not answer must not keep the process.
  exitSoon(code);
  return code;
};

/** The level of a finding in the journal, into which the service's check before its start writes. */
const priorities = { error: 'error', warning: 'warn', ok: 'info' } as const satisfies Record<Level, string>;

const count = (findings: readonly Finding[], level: Level): number =>
  findings.filter((each) => each.level === level).length;

export const command: Command = { usage, main };
