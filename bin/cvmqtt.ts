#!/usr/bin/env node
import './signals.js';
import { printable } from '../lib/util/printable.js';
import { type Command, complain, print } from './command.js';
import { exitCode } from './exit-codes.js';
import { exitSoon } from './stderr.js';
import { commit, version } from './version.js';

/** The daemon is bundled into the entry file; other commands are loaded from files of their own, see `build.ts`. */
const load = async (name: string): Promise<{ readonly command: Command } | undefined> => {
  if (name === 'run') return import('./run.js');
  const { commands } = await import('./commands.js');
  return Object.hasOwn(commands, name) ? commands[name]?.() : undefined;
};

const usage = `usage: cvmqtt run <config-dir>   the daemon, with cvmain's configuration directory
       cvmqtt status             what the daemon on this unit does
       cvmqtt check <config-dir> what it needs, what is missing, and what to do
       cvmqtt explain NAME       whether a message would reach its app, and why
       cvmqtt dead-letters list  messages that were not delivered; also show, replay
       cvmqtt tap <config-dir>   messages as they arrive, and what becomes of them
       cvmqtt capture DIR -o F   records what the broker delivers
       cvmqtt replay FILE...     runs captures through the pipeline
       cvmqtt test FILE...       rule tests, as marble diagrams
       cvmqtt demo               the daemon among simulators on this machine
       cvmqtt dev                a unit on this machine, to develop an app
       cvmqtt send NAME [BODY]   a message to it; also from a file, and as a load
       cvmqtt listen             an app that prints its notifications
       cvmqtt integrations list  the registered apps; also add, remove
       cvmqtt sim                single parts of a unit: a broker, a cvmain
       cvmqtt <command> --help   the options of a command; cvmqtt --version: its version, and that of Node.js`;

const main = async ([name = '--help', ...args]: readonly string[]): Promise<number> => {
  if (name === '--help') {
    print(usage);
    return exitCode.good;
  }
  if (name === '--version') {
    print(`cvmqtt ${version}${commit && ` (${commit})`}, Node.js ${process.versions.node}`);
    return exitCode.good;
  }
  const loaded = await load(name);
  if (loaded === undefined) {
    complain(`cvmqtt: unknown command "${printable(name)}"\n${usage}`);
    return exitCode.usage;
  }
  const { command } = loaded;
  // Ignores EPIPE: a reader such as head has seen enough. The daemon prints nothing.
  if (name !== 'run') process.stdout.on('error', () => undefined);
  if (!args.includes('--help')) return command.main(args);
  print(command.usage);
  return exitCode.good;
};

// No top-level `await`: the built file is CommonJS, which starts faster.
void main(process.argv.slice(2)).then((code) => {
  // The daemon exits even if something still hangs, such as a reader of its log.
  if (process.argv[2] === 'run') exitSoon(code);
  else process.exitCode = code;
});
