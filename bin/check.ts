import { resolve } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import { type Finding, type Level, verdictOf } from '../lib/check/finding.js';
import { plural } from '../lib/util/plural.js';
import { jsonLine } from '../lib/util/printable.js';
import { check } from './check/check.js';
import { findingText } from './check/finding-text.js';
import { type Command, parseCommandLine, print, wrongUsage } from './command.js';
import { exitCode, exitCodesText } from './exit-codes.js';
import { exitSoon } from './stderr.js';
import { styleFor } from './style.js';

const usage = `usage: cvmqtt check <config-dir> [options]

Checks all that the daemon needs, and says what to do: files, token, registered apps, clock, state directory; cvmain and the
broker, for up to 5 s. It changes nothing, and connects with a client id and a session of its own, so the daemon may run.

  <config-dir>     cvmain's configuration directory
  --state-dir DIR  the daemon's state directory; default $STATE_DIRECTORY, else <config-dir>/mq/cvmqtt
  --offline        neither cvmain nor the broker
  --strict         warnings count as errors
  --json           one line of JSON for each finding

${exitCodesText('check')}`;

const options = {
  'state-dir': { type: 'string' },
  offline: { type: 'boolean', default: false },
  strict: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
} as const;

const main = async (args: readonly string[]): Promise<number> => {
  const line = parseCommandLine(args, options);
  if (E.isLeft(line)) return wrongUsage('check', usage, line.left);
  const { values, positionals } = line.right;
  const [given, ...more] = positionals;
  if (given === undefined || more.length > 0)
    return wrongUsage('check', usage, 'give one configuration directory');
  const findings = await check(resolve(given), values['state-dir'], values.offline);
  const style = styleFor(process.stdout);
  for (const each of findings) print(values.json ? jsonLine(each) : findingText(each, style));
  if (!values.json)
    print(`${plural(count(findings, 'error'), 'error')}, ${plural(count(findings, 'warning'), 'warning')}`);
  const verdict = verdictOf(findings, values.strict);
  const code = exitCode[verdict];
  // A name server that does not answer must not keep the process.
  exitSoon(code);
  return code;
};

const count = (findings: readonly Finding[], level: Level): number =>
  findings.filter((each) => each.level === level).length;

export const command: Command = { usage, main };
