import type { Command } from './command.js';

/**
 * A command in the list of all: what follows its name in the shortest useful call, what it is for, and how it is loaded
 * when it is called. The daemon is not loaded from here: it is bundled into the entry file.
 */
type Listed = readonly [
  example: string,
  summary: string,
  load?: () => Promise<{ readonly command: Command }>,
];

/**
 * All commands by name. The top-level help, the man page, the completions and the table of exit codes follow from this
 * list and from the `usage` of each command.
 */
export const commands: Readonly<Record<string, Listed>> = {
  run: ['<config-dir>', "the daemon, with cvmain's configuration directory"],
  status: ['', 'what the daemon on this unit does', () => import('./status.js')],
  check: ['<config-dir>', 'what it needs, what is missing, and what to do', () => import('./check.js')],
  diag: [
    '<config-dir>',
    'one archive with all of that for a colleague, without secrets',
    () => import('./diag.js'),
  ],
  explain: ['NAME', 'whether a message would reach its app, and why', () => import('./explain.js')],
  'dead-letters': [
    'list',
    'messages that were not delivered; also show, replay',
    () => import('./dead-letters.js'),
  ],
  tap: ['<config-dir>', 'messages as they arrive, and what becomes of them', () => import('./tap.js')],
  capture: ['DIR -o F', 'records what the broker delivers', () => import('./capture.js')],
  replay: ['FILE...', 'runs captures through the pipeline', () => import('./replay.js')],
  report: ['<config-dir>', 'what happened in the last hour, also as a page', () => import('./report.js')],
  test: ['FILE...', 'rule tests, as marble diagrams', () => import('./test.js')],
  demo: ['', 'the daemon among simulators on this machine', () => import('./demo.js')],
  dev: ['', 'a unit on this machine, to develop an app', () => import('./dev.js')],
  send: ['NAME [BODY]', 'a message to it; also from a file, and as a load', () => import('./send.js')],
  listen: ['', 'an app that prints its notifications', () => import('./listen.js')],
  integrations: ['list', 'the registered apps; also add, remove', () => import('./integrations.js')],
  sim: ['', 'single parts of a unit: a broker, a cvmain', () => import('./sim.js')],
};
