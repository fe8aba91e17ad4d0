import { existsSync } from 'node:fs';
import { errorCode } from '../../lib/util/error-code.js';
import type { AtEnd } from './at-end.js';
import { type Child, type Exit, startChild } from './child.js';
import { plainEnv } from './packed.js';
import { pathOf } from './programs.js';
import { within } from './within.js';

/** Commands in a terminal, with all that they started: npx, for one, passes no signal on. */
export interface Terminal extends Child {
  /** Ctrl-C: resolves when the commands have ended. */
  interrupt(): Promise<Exit>;
}

/** A machine of its own, as far as ports go, and a folder on it. */
export interface Machine {
  /** Opens a terminal in the folder and gives these commands, one after the other; the last may run until the test ends. */
  terminal(commands: readonly string[], env?: NodeJS.ProcessEnv): Terminal;
}

/**
 * Starts a network namespace with loopback alone, so that commands can use their documented ports, and reach no other
 * machine.
 */
export const startMachine = async (atEnd: AtEnd, folder: string): Promise<Machine> => {
  const holder = startChild(atEnd, 'unshare', [
    '--net',
    'sh',
    '-c',
    'ip link set lo up && echo up && exec sleep infinity',
  ]);
  await holder.stdout.first('that loopback is up');
  return {
    terminal: (commands, env = {}) => {
      const script = ['set -e', `cd '${folder}'`, ...commands].join('\n');
      const inside = ['nsenter', '--target', `${holder.pid}`, '--net', 'bash', '-c', script];
      // In a process group of its own, as in a terminal.
      const child = startChild(atEnd, 'setsid', inside, { ...offline, ...env });
      atEnd(() => signalGroup(child.pid, 'SIGKILL'));
      return {
        ...child,
        interrupt: () => {
          signalGroup(child.pid, 'SIGINT');
          return within(20_000, () => 'the commands to end after Ctrl-C', child.exited);
        },
      };
    },
  };
};

const signalGroup = (leader: number, signal: NodeJS.Signals): void => {
  try {
    process.kill(-leader, signal);
  } catch (error) {
    if (errorCode(error) !== 'ESRCH') throw error;
  }
};

/** npm neither looks for news, nor waits for a registry, nor passes on what it was called with. */
const offline = {
  ...Object.fromEntries(
    Object.keys(process.env).flatMap((name) => (name in plainEnv ? [] : [[name, undefined]])),
  ),
  npm_config_audit: 'false',
  npm_config_fetch_retries: '0',
  npm_config_fund: 'false',
  npm_config_update_notifier: 'false',
};

/** mocha's `it` for tests on a {@link Machine} that need these programs and files; if one is missing, it is pending. */
export const itOnMachine =
  (...needs: readonly string[]) =>
  (title: string, test: (this: Mocha.Context) => Promise<void>): void => {
    const missing = ['ip', 'unshare', 'nsenter', 'setsid', ...needs].filter((each) =>
      each.startsWith('/') ? !existsSync(each) : pathOf(each) === undefined,
    );
    if (process.getuid?.() !== 0) missing.push('root, for a network namespace');
    if (missing.length === 0) it(title, test);
    else it(`${title} (needs ${missing.join(', ')})`);
  };
