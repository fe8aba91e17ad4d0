#!/usr/bin/env -S node --max-semi-space-size=4
import { errorCode } from '../lib/files/read-text.js';
import { printable } from '../lib/log/printable.js';
import { type Command, complain, exitCode, print } from './command.js';

const commands: Record<string, () => Promise<{ readonly command: Command }>> = {
  run: () => import('./run.js'),
  tap: () => import('./tap.js'),
  capture: () => import('./capture.js'),
  explain: () => import('./explain.js'),
  'dead-letters': () => import('./dead-letters.js'),
  replay: () => import('./replay.js'),
  test: () => import('./test.js'),
  demo: () => import('./demo.js'),
  sim: () => import('./sim.js'),
};

const usage = `usage: cvmqtt run <config-dir>   the daemon, with cvmain's configuration directory
       cvmqtt explain NAME       whether a message would reach its app, and why
       cvmqtt dead-letters list  what was not delivered; show and replay it
       cvmqtt tap <config-dir>   each message as it comes, and what becomes of it; sends nothing
       cvmqtt capture DIR -o F   what the broker delivers, into a file
       cvmqtt replay FILE...     a capture through the pipeline: what becomes of each message
       cvmqtt test FILE...       rule tests: how messages end, as marble diagrams
       cvmqtt demo               the whole path on this machine, with simulators
       cvmqtt sim                a broker and a cvmain to develop an app against
       cvmqtt <command> --help   the options of a command`;

const main = async ([name = '--help', ...args]: readonly string[]): Promise<number> => {
  const load = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (load === undefined) {
    if (name === '--help') print(usage);
    else complain(`cvmqtt: there is no command "${printable(name)}"\n${usage}`);
    return name === '--help' ? exitCode.good : exitCode.usage;
  }
  const { command } = await load();
  if (args.includes('--help')) {
    print(command.usage);
    return exitCode.good;
  }
  try {
    return await command.main(args);
  } catch (error) {
    // Simulators stand on development dependencies, which an installed daemon does not have.
    if (errorCode(error) !== 'ERR_MODULE_NOT_FOUND') throw error;
    complain(`cvmqtt ${name}: needs the development dependencies: run it in a checkout, after npm ci`);
    return exitCode.failed;
  }
};

process.exitCode = await main(process.argv.slice(2));
