import { resolve } from 'node:path';

/**
 * Where the daemon keeps what must outlast it: what the command line says, else the first one of those that systemd made
 * (`STATE_DIRECTORY`, absolute paths with colons between, systemd.exec(5)), else the one below cvmain's directory. One that
 * is empty counts as not given.
 */
export const stateDirectoryOf = (
  option: string | undefined,
  environment: NodeJS.ProcessEnv,
  fallback: string,
): string => {
  const [first] = (environment['STATE_DIRECTORY'] ?? '').split(':').filter((path) => path !== '');
  return resolve(option || first || fallback);
};
