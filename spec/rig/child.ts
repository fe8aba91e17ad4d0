import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { ownStatusDirectory } from '../../bin/status-directory.js';
import { statusFilesIn } from '../../lib/status/status-file.js';
import type { AtEnd } from './at-end.js';
import { Journal } from './journal.js';
import { refuseSecrets } from './secrets.js';
import { within } from './within.js';

/** How a process ended. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A process that a test started. */
export interface Child {
  readonly pid: number;
  readonly stdout: Journal<string>;
  /** Its lines on stderr. */
  readonly stderr: Journal<string>;
  /** All that it wrote to stdout and to stderr so far, as it came. */
  output(): { readonly stdout: string; readonly stderr: string };
  /** Resolves when it has ended and all its output was read. */
  readonly exited: Promise<Exit>;
  /** Resolves when it has ended, even if output is unread. */
  readonly gone: Promise<Exit>;
  /** Stops reading its stderr, like a program that hangs, until the returned function is called. */
  stall(): () => void;
  /** Closes stdout and stderr at this end, like a reader that has ended. */
  stopReading(): void;
  /** Sends a signal. */
  signal(signal: NodeJS.Signals): void;
  /** Sends a signal and waits for the end. */
  end(signal: NodeJS.Signals): Promise<Exit>;
}

/** Running processes: also ended when mocha itself is stopped. */
const running = new Set<() => void>();
process.once('exit', () => {
  for (const kill of running) kill();
});

/**
 * Starts a program; it is killed after the test if it is still running. Its output must have no secret, nor the status of
 * a daemon that runs until then: every process of a test is started here, or by {@link runToEnd}.
 */
export function startChild(
  atEnd: AtEnd,
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Child {
  const child = spawn(command, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NODE_OPTIONS: '', ...env },
  });
  const kill = () => void child.kill('SIGKILL');
  running.add(kill);
  const [stdout, stderr] = [new Journal<string>(), new Journal<string>()];
  const chunks: { stdout: Buffer[]; stderr: Buffer[] } = { stdout: [], stderr: [] };
  child.stdout.on('data', (chunk: Buffer) => chunks.stdout.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => chunks.stderr.push(chunk));
  createInterface(child.stdout).on('line', stdout.put);
  createInterface(child.stderr).on('line', stderr.put);
  const exited = new Promise<Exit>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      running.delete(kill);
      const last = stderr.entries.slice(-5).join('\n');
      const ended = new Error(`${command} ${args.join(' ')} ended, code ${code}, ${signal}:\n${last}`);
      stdout.end(ended);
      stderr.end(ended);
      resolve({ code, signal });
    });
  });
  const gone = new Promise<Exit>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
  // Not every test looks at it.
  exited.catch(() => undefined);
  atEnd(async (hasFailed) => {
    child.stderr.resume();
    const isRunning = running.has(kill);
    if (isRunning) refuseSecretsInStatus();
    kill();
    await exited.catch(() => undefined);
    if (hasFailed) {
      const last = stderr.entries.slice(-40).join('\n');
      process.stderr.write(
        `${command} ${args.join(' ')}${isRunning ? '' : ' had ended and'} said at last:\n${last}\n`,
      );
    }
    refuseSecrets(`stdout of ${command} ${args.join(' ')}`, Buffer.concat(chunks.stdout));
    refuseSecrets(`stderr of ${command} ${args.join(' ')}`, Buffer.concat(chunks.stderr));
  });
  return {
    pid: child.pid ?? 0,
    stdout,
    stderr,
    output: () => ({
      stdout: Buffer.concat(chunks.stdout).toString(),
      stderr: Buffer.concat(chunks.stderr).toString(),
    }),
    exited,
    gone,
    stall: () => {
      child.stderr.pause();
      return () => void child.stderr.resume();
    },
    stopReading: () => {
      child.stdout.destroy();
      child.stderr.destroy();
    },
    signal: (signal) => void child.kill(signal),
    end: (signal) => {
      child.kill(signal);
      const last = () => `${command} to end after ${signal}; it said\n${stderr.entries.slice(-5).join('\n')}`;
      return within(60_000, last, exited);
    },
  };
}

/** What a program wrote, and how it ended. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end. Throws if its output has a secret. */
export const runToEnd = (
  command: string,
  args: readonly string[],
  options: {
    readonly cwd?: string;
    readonly env?: NodeJS.ProcessEnv;
    readonly input?: string | Uint8Array | undefined;
    readonly uid?: number;
    readonly gid?: number;
  } = {},
): Ended => {
  const { pid, status, stdout, stderr, error } = spawnSync(command, args, { maxBuffer: 1e8, ...options });
  // It may also have ended without reading all of its input.
  if (pid === 0) throw error;
  refuseSecrets(`stdout of ${command} ${args.join(' ')}`, stdout);
  refuseSecrets(`stderr of ${command} ${args.join(' ')}`, stderr);
  return { code: status, stdout: stdout.toString(), stderr: stderr.toString() };
};

/** The status of daemons without a runtime directory of their own, which remove it when they stop. */
const refuseSecretsInStatus = (): void => {
  for (const file of statusFilesIn(ownStatusDirectory().path)) refuseSecrets(file, contentOf(file));
};

/** Empty if it is gone: another test's daemon may have stopped. */
const contentOf = (file: string): Buffer => {
  try {
    return readFileSync(file);
  } catch {
    return Buffer.alloc(0);
  }
};

/** Starts a script that reads stdin, in this directory. It never has a login. */
export const startReader = (atEnd: AtEnd, args: readonly string[], cwd: string) => {
  const child = spawn(process.execPath, args, { cwd, stdio: ['pipe', 'pipe', 'inherit'] });
  atEnd(() => void child.kill('SIGKILL'));
  return child;
};
