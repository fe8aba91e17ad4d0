import { relative } from 'node:path';
import { type ParseArgsConfig, parseArgs } from 'node:util';
import * as E from 'fp-ts/lib/Either.js';
import { printable } from '../lib/util/printable.js';

/** Exit codes; 75 and 78 are those of sysexits(3). */
export const exitCode = { good: 0, failed: 1, usage: 2, later: 75, config: 78 } as const;

/** A command: what it is for, and what runs it, with the arguments behind its name; the result is the exit code. */
export interface Command {
  readonly usage: string;
  readonly main: (args: readonly string[]) => Promise<number>;
}

/** The options and positionals of a command line. Left is what is wrong with it, in one line. */
export const parseCommandLine = <T extends ParseArgsConfig['options']>(args: readonly string[], options: T) =>
  E.tryCatch(
    () => parseArgs({ args: [...args], options, allowPositionals: true, strict: true }),
    (error) =>
      (error instanceof Error ? error.message : 'wrong usage').replaceAll('\n', ' ').replace(advice, ''),
  );

/** What Node.js adds to an option that it does not know. */
const advice = /\. To specify a positional argument .*$/;

/** Writes a line for people to stderr. */
export const complain = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

/**
 * Tells what is wrong with a command line, and the forms of the command: its options would push the reason off the screen.
 * Gives the exit code of wrong usage.
 */
export const wrongUsage = (name: string, usage: string, detail: string): number => {
  const [forms = ''] = usage.split('\n\n');
  complain(`cvmqtt ${name}: ${printable(detail)}\n${forms}\nIts options: cvmqtt ${name} --help`);
  return exitCode.usage;
};

/** Writes a line of output. */
export const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

/** Resolves when the process is asked to end, by Ctrl-C or SIGTERM. */
export const untilSignal = (): Promise<void> =>
  new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => resolve());
  });

/** How this program is called from the current directory: by its name where it is installed, else through `node`. */
export const self = (): string => {
  const script = process.argv[1] ?? 'cvmqtt';
  return script.endsWith('.js') ? `node ${shellWord(relative('', script))}` : 'cvmqtt';
};

/** A word of a command that people paste into a shell, in quotes where it needs them. */
export const shellWord = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
