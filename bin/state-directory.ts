import { resolve } from 'node:path';
import type { Option } from './usage.js';

/** The option of the commands that read or write this state, see {@link stateDirectoryOf}. */
export const stateDirOption = {
  type: 'string',
  value: 'DIR',
  help: 'where dead letters and the spool are kept; default $STATE_DIRECTORY, else <config-dir>/mq/cvmqtt',
  path: 'directory',
} as const satisfies Option;

/**
 * Where the daemon keeps its persistent state: the directory from the command line, else the first one in
 * `STATE_DIRECTORY` (absolute paths separated by colons, systemd.exec(5)), else `fallback`. Empty paths count as absent.
 */
export const stateDirectoryOf = (
  option: string | undefined,
  environment: NodeJS.ProcessEnv,
  fallback: string,
): string => {
  const [first] = (environment['STATE_DIRECTORY'] ?? '').split(':').filter((path) => path !== '');
  return resolve(option || first || fallback);
};
