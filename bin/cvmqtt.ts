#!/usr/bin/env node
import './signals.js';
import { nearest } from '../lib/util/nearest.js';
import { printable } from '../lib/util/printable.js';
import { type Command, complain, print } from './command.js';
import { exitCode } from './exit-codes.js';
import { exitSoon } from './stderr.js';
import { columns, helpText } from './usage.js';
import { versionText } from './version.js';

/** The list of all commands: loaded only when it is needed, so not by the daemon. */
const listed = async () => (await import('./commands.js')).commands;

/** The daemon is bundled into the entry file; other commands are loaded from files of their own, see `build.ts`. */
const load = async (name: string): Promise<{ readonly command: Command } | undefined> => {
  if (name === 'run') return import('./run.js');
  const commands = await listed();
  const [, , loadCommand] = (Object.hasOwn(commands, name) && commands[name]) || [];
  return loadCommand?.();
};

const help = async (): Promise<string> => {
  const calls = Object.entries(await listed()).map(
    ([name, [example, summary]]) => [`cvmqtt ${name} ${example}`, summary] as const,
  );
  const rows: typeof calls = [
    ...calls,
    [
      'cvmqtt <command> --help',
      'the options of a command; cvmqtt --version: its version, and that of Node.js',
    ],
  ];
  return `usage: ${columns(rows, 1).join('\n       ')}`;
};

/** What is wrong with a command that does not exist. */
const unknown = async (name: string): Promise<string> => {
  const known = nearest(name, Object.keys(await listed()));
  const advice = known === undefined ? '' : `; did you mean ${known}?`;
  return `cvmqtt: unknown command "${printable(name)}"${advice}\n${await help()}`;
};

const main = async ([name = '--help', ...args]: readonly string[]): Promise<number> => {
  if (name === '--help') {
    print(await help());
    return exitCode.good;
  }
  if (name === '--version') {
    print(versionText);
    return exitCode.good;
  }
  const loaded = await load(name);
  if (loaded === undefined) {
    complain(await unknown(name));
    return exitCode.usage;
  }
  const { command } = loaded;
  // Ignores EPIPE: a reader such as head has seen enough. The daemon prints nothing.
  if (name !== 'run') process.stdout.on('error', () => undefined);
  if (!args.includes('--help')) return command.main(args);
  print(helpText(command.usage));
  return exitCode.good;
};

// No top-level `await`: the built file is CommonJS, which starts faster.
void main(process.argv.slice(2)).then((code) => {
  // The daemon exits even if something still hangs, such as a reader of its log.
  if (process.argv[2] === 'run') exitSoon(code);
  else process.exitCode = code;
});
