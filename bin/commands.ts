import type { Command } from './command.js';

/** All commands except the daemon, by name. Each is loaded when it is called. */
export const commands: Readonly<Record<string, () => Promise<{ readonly command: Command }>>> = {
  status: () => import('./status.js'),
  tap: () => import('./tap.js'),
  capture: () => import('./capture.js'),
  check: () => import('./check.js'),
  explain: () => import('./explain.js'),
  'dead-letters': () => import('./dead-letters.js'),
  replay: () => import('./replay.js'),
  test: () => import('./test.js'),
  demo: () => import('./demo.js'),
  dev: () => import('./dev.js'),
  send: () => import('./send.js'),
  listen: () => import('./listen.js'),
  integrations: () => import('./integrations.js'),
  sim: () => import('./sim.js'),
};
