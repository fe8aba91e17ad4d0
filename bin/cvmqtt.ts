#!/usr/bin/env node
import { type Command, complain, exitCode, print } from './command.js';

const commands: Record<string, () => Promise<{ readonly command: Command }>> = {
  run: () => import('./run.js'),
  demo: () => import('./demo.js'),
  sim: () => import('./sim.js'),
};

const usage = `usage: cvmqtt run <config-dir>   the daemon, with cvmain's configuration directory
       cvmqtt demo               the whole path on this machine, with simulators
       cvmqtt sim                a broker and a cvmain to develop an app against
       cvmqtt <command> --help   the options of a command`;

const main = async ([name = '--help', ...args]: readonly string[]): Promise<number> => {
  const load = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (load === undefined) {
    if (name === '--help') print(usage);
    else complain(`cvmqtt: there is no command ${JSON.stringify(name)}\n${usage}`);
    return name === '--help' ? exitCode.good : exitCode.usage;
  }
  const { command } = await load();
  if (args.includes('--help')) {
    print(command.usage);
    return exitCode.good;
  }
  return command.main(args);
};

process.exitCode = await main(process.argv.slice(2));
