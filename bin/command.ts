import { relative } from 'node:path';
import { type ParseArgsConfig, parseArgs } from 'node:util';
import * as E from 'fp-ts/lib/Either.js';
import { nearest } from '../lib/util/nearest.js';
import { printable } from '../lib/util/printable.js';
import { exitCode } from './exit-codes.js';
import { forStream } from './journal.js';
import { synopsis, type Usage } from './usage.js';

/** A command of the CLI: its description, and its main function, which takes the arguments after its name and gives the exit code. */
export interface Command {
  readonly usage: Usage;
  readonly main: (args: readonly string[]) => Promise<number>;
}

/** Parses options and positionals. Left: what is wrong, in one line. */
export const parseCommandLine = <T extends ParseArgsConfig['options']>(args: readonly string[], options: T) =>
  E.tryCatch(
    () => parseArgs({ args: [...args], options, allowPositionals: true, strict: true }),
    (error) => {
      const detail = error instanceof Error ? error.message : 'wrong usage';
      return withNearest(detail.replaceAll('\n', ' ').replace(advice, ''), Object.keys(options ?? {}));
    },
  );

/** An error for an unknown option, with the nearest known one. */
const withNearest = (detail: string, known: readonly string[]): string => {
  const [, unknown] = /^Unknown option '--([^']+)'$/.exec(detail) ?? [];
  const meant = unknown === undefined ? undefined : nearest(unknown, known);
  return meant === undefined ? detail : `${detail}; did you mean --${meant}?`;
};

/** The hint that Node.js appends to the error for an unknown option. */
const advice = /\. To specify a positional argument .*$/;

/** Writes lines for people to stderr; in the journal, they are errors. */
export const complain = (lines: string): void => {
  process.stderr.write(`${forStream(2, 'error', lines)}\n`);
};

/**
 * Prints what is wrong with a command line, and the command's synopsis: the full list of options would push the reason off
 * a small screen. Returns the exit code of wrong usage.
 */
export const wrongUsage = (usage: Usage, detail: string): number => {
  complain(
    `cvmqtt ${usage.name}: ${printable(detail)}\n${synopsis(usage)}\nOptions: cvmqtt ${usage.name} --help`,
  );
  return exitCode.usage;
};

/** Writes a line to stdout. */
export const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

/**
 * Resolves on SIGINT (Ctrl-C), SIGTERM or SIGHUP (the terminal was closed). After SIGHUP the process ends by SIGKILL once
 * nothing is left to do: Node.js 20 aborts, with a core dump, when it can't restore a terminal that is gone.
 */
export const untilSignal = (): Promise<void> =>
  new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => resolve());
    process.once('SIGHUP', () => {
      process.once('exit', () => process.kill(process.pid, 'SIGKILL'));
      resolve();
    });
  });

/** How to call this program from the current directory: `cvmqtt` if it is installed, else through `node`. */
export const self = (): string => {
  const script = process.argv[1] ?? 'cvmqtt';
  return script.endsWith('.js') ? `node ${shellWord(relative('', script))}` : 'cvmqtt';
};

/**
 * Quotes a word for a shell, if it needs quotes: for a POSIX shell or, on Windows, as both cmd.exe and PowerShell read it; a
 * path has no double quotes there.
 */
export const shellWord = (word: string, platform: NodeJS.Platform = process.platform): string => {
  if (platform === 'win32') return /^[\w@+=:,./\\-]+$/.test(word) ? word : `"${word}"`;
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
};
