import { close, url } from 'node:inspector';

/**
 * Signals without a meaning here, which would end the process, or have Node.js open a debugger's port (SIGUSR1). SIGXFSZ: a
 * write past the limit of a file's size fails all the same.
 */
const ignored = [
  'SIGUSR1',
  'SIGUSR2',
  'SIGALRM',
  'SIGIO',
  'SIGPROF',
  'SIGPWR',
  'SIGSTKFLT',
  'SIGVTALRM',
  'SIGXCPU',
  'SIGXFSZ',
] as const;

/** By default SIGQUIT would have the kernel write the memory to a file, with the token in it. */
const stopping = ['SIGTERM', 'SIGINT', 'SIGQUIT'] as const;

// Before anything has begun there is nothing to finish.
let stop = (): void => process.exit(0);
// Nothing was read yet.
let reload = (): void => undefined;

/** Has SIGTERM, SIGINT and SIGQUIT call this, instead of ending the process. */
export const onStop = (handler: () => void): void => {
  stop = handler;
};

/** Has SIGHUP call this. */
export const onReload = (handler: () => void): void => {
  reload = handler;
};

/**
 * Takes all signals from now on, until the process has ended: none of them ends it by itself. It belongs before all that
 * takes time to load. A debugger that SIGUSR1 started before is closed; one that the command line asked for stays.
 */
export const takeSignals = (): void => {
  for (const signal of stopping) process.on(signal, () => stop());
  process.on('SIGHUP', () => reload());
  for (const signal of ignored) process.on(signal, () => undefined);
  const options = [...process.execArgv, process.env['NODE_OPTIONS'] ?? ''].join(' ');
  // Node.js is still about to start it when the first module runs.
  setImmediate(() => {
    if (url() !== undefined && !options.includes('--inspect')) close();
  });
};

// The modules that come behind this one take time to load.
if (process.argv[2] === 'run') takeSignals();
