import { lstat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import * as E from 'fp-ts/lib/Either.js';
import { systemClock } from '../lib/clock/system-clock.js';
import { isDirectory } from '../lib/config/config.js';
import { type Layout, layout } from '../lib/config/layout.js';
import { writeNewFile } from '../lib/storage/atomic-write.js';
import { checkOutputFile } from '../lib/storage/output-file.js';
import { errorCode } from '../lib/util/error-code.js';
import { printable } from '../lib/util/printable.js';
import { showSize } from '../lib/util/size.js';
import { type Command, complain, parseCommandLine, print, wrongUsage } from './command.js';
import { archived, scrubberOf } from './diag/archived.js';
import { exitCode } from './exit-codes.js';
import { stateDirectoryOf, stateDirOption } from './state-directory.js';
import { look } from './status/look.js';
import { exitSoon } from './stderr.js';
import { configDirectory, type Options, type Usage } from './usage.js';

const options = {
  output: {
    type: 'string',
    short: 'o',
    value: 'FILE',
    help: 'the archive, mode 0600; must not exist. Default: cvmqtt-diag-<host>-<time>.tar.gz, here',
    path: 'file',
  },
  'with-payloads': {
    type: 'boolean',
    default: false,
    help: 'dead letters, spool and flight recorder with their payloads, which may be confidential',
  },
  'state-dir': {
    ...stateDirOption,
    help: "the daemon's state directory; default that of the running daemon, else $STATE_DIRECTORY, else <config-dir>/mq/cvmqtt",
  },
} as const satisfies Options;

const usage: Usage = {
  name: 'diag',
  forms: [['<config-dir> [options]']],
  about:
    'Makes one archive for whoever helps with this unit: versions, configuration without secrets, cvmqtt check, status, log, dead letters, spool and flight recorder without payloads, facts about the system. The daemon may run or not. What could not be read is said on stderr and in the archive. It takes up to 20 s.',
  arguments: [configDirectory],
  options,
  exitCodes: {
    0: 'the archive is written',
    1: "it can't be written",
    78: 'there is no such configuration directory',
  },
};

const main = async (args: readonly string[]): Promise<number> => {
  const line = parseCommandLine(args, options);
  if (E.isLeft(line)) return wrongUsage(usage, line.left);
  const { values, positionals } = line.right;
  const [given, ...more] = positionals;
  if (given === undefined || more.length > 0) return wrongUsage(usage, 'give one configuration directory');
  const root = resolve(given);
  if (!(await isDirectory(root)))
    return failed(`${given}: is not a readable directory; give cvmain's configuration directory`, 'config');
  const nowMs = systemClock.wallMs();
  const output = values.output ?? defaultName(nowMs);
  const paths = layout(root);
  const scrub = scrubberOf(paths);
  // Before the wait for the neighbours; writing refuses it, too.
  if (await exists(output)) return failed(scrub(`${output}: exists already; give another name`), 'failed');
  const writable = await checkOutputFile(output);
  if (E.isLeft(writable)) return failed(scrub(writable.left), 'failed');
  const code = await make(paths, output, nowMs, values['with-payloads'], values['state-dir'], scrub);
  // A name server that does not answer must not keep the process.
  exitSoon(code);
  return code;
};

const make = async (
  paths: Layout,
  output: string,
  nowMs: number,
  withPayloads: boolean,
  stateDir: string | undefined,
  scrub: (text: string) => string,
): Promise<number> => {
  const status = look(paths.root);
  const running = E.isRight(status) && status.right.runs ? status.right.snapshot.state_directory : undefined;
  const stateDirectory = stateDirectoryOf(stateDir ?? running, process.env, paths.state);
  const unit = { layout: paths, stateDirectory, status, withPayloads };
  const { tar, problems } = await archived(unit, nowMs, scrub);
  const packed = gzipSync(tar);
  try {
    await writeNewFile(output, packed);
  } catch (error) {
    return failed(scrub(`${output}: ${errorCode(error) ?? 'unknown error'}`), 'failed');
  }
  for (const problem of problems) complain(`cvmqtt diag: missing: ${problem}`);
  print(
    printable(scrub(`${output}: ${showSize(packed.length)}, ${withPayloads ? 'with' : 'without'} payloads`)),
  );
  return exitCode.good;
};

const exists = (path: string): Promise<boolean> =>
  lstat(path).then(
    () => true,
    () => false,
  );

/** Names the unit and the time, so that archives of several units can be in one folder. */
const defaultName = (nowMs: number): string => {
  const time = new Date(nowMs).toISOString().replace(/\.\d+|[-:]/g, '');
  return `cvmqtt-diag-${hostname().replace(/[^\w.-]/g, '_')}-${time}.tar.gz`;
};

const failed = (detail: string, code: 'failed' | 'config'): number => {
  complain(`cvmqtt diag: ${printable(detail)}`);
  return exitCode[code];
};

export const command: Command = { usage, main };
