import { resolve } from 'node:path';

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
