import { close, url } from 'node:inspector';

/**
 * Ignored signals: by default they would end the process, or open the debugger's port (SIGUSR1). With SIGXFSZ ignored, a
 * write past the file size limit fails with an error instead.
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

/** SIGQUIT is among them because by default it dumps core, with the token in it. */
const stopping = ['SIGTERM', 'SIGINT', 'SIGQUIT'] as const;

// Before the daemon runs, there is nothing to finish.
let stop = (): void => process.exit(0);
// Nothing has been read yet.
let reload = (): void => undefined;

/** Calls `handler` on SIGTERM, SIGINT and SIGQUIT, in place of the default exit. */
export const onStop = (handler: () => void): void => {
  stop = handler;
};

/** Calls `handler` on SIGHUP. */
export const onReload = (handler: () => void): void => {
  reload = handler;
};

/**
 * Installs handlers for all signals, so that none of them ends the process by default. Call it before loading anything
 * slow. Closes a debugger that an earlier SIGUSR1 started; keeps one that the command line asked for.
 */
const takeSignals = (): void => {
  for (const signal of stopping) process.on(signal, () => stop());
  process.on('SIGHUP', () => reload());
  for (const signal of ignored) process.on(signal, () => undefined);
  const options = [...process.execArgv, process.env['NODE_OPTIONS'] ?? ''].join(' ');
  if (options.includes('--inspect')) return;
  // Node.js starts the debugger in a thread of its own, which may be late on a busy machine.
  const checks = setInterval(() => {
    if (url() !== undefined) close();
  }, 100);
  checks.unref();
  setTimeout(() => clearInterval(checks), 10_000).unref();
};

// At import: the modules loaded after this one take time.
if (process.argv[2] === 'run') takeSignals();
