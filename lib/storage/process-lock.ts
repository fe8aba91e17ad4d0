import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import { errorCode } from '../util/error-code.js';

/** Why a claim is not had. */
export type LockRefusal =
  | { readonly reason: 'taken'; readonly pid: number }
  | { readonly reason: 'not-written'; readonly detail: string };

/** A refusal for people, in one line. */
export const lockRefusalText = (refusal: LockRefusal): string =>
  refusal.reason === 'taken' ? `process ${refusal.pid} is at it` : refusal.detail;

/** Those of this process. */
const held = new Set<string>();

/**
 * Claims `name` in a directory for this process: of those that come at once, one has it. Right gives it back. A claim is a file
 * whose name says whose it is, so that it is never half-written: the pid, when that process began, in which run of the system
 * and which pid namespace. It counts while such a process can be seen in `/proc`, and never else: a claim must not outlive its
 * process, whatever became of the file. So processes that can't see each other, as those in two containers, don't keep each
 * other out. Where there is no `/proc`, a claim counts while its pid is in use.
 */
export function acquireLock(directory: string, name: string): E.Either<LockRefusal, () => void> {
  for (let attempt = 1; ; attempt += 1) {
    const lock = acquireOnce(directory, name);
    if (E.isRight(lock) || lock.left.reason !== 'taken' || attempt === maxAttempts) return lock;
    // Of two at the same instant each may have seen the other, and given way.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, Math.random() * maxPauseMs);
  }
}

const maxAttempts = 6;
const maxPauseMs = 20;

const acquireOnce = (directory: string, name: string): E.Either<LockRefusal, () => void> => {
  const own = `${name}.${process.pid}.${lifeOf(process.pid) ?? unknownLife}.lock`;
  const path = join(directory, own);
  if (held.has(path)) return E.left(taken(process.pid));
  const problem = created(directory, own);
  if (problem !== undefined) return E.left(problem);
  // Each is there before it looks for others: of two that come at once, the later one at least sees the other.
  for (const file of filesIn(directory)) {
    const other = file === own ? undefined : holderOf(name, file);
    if (other === undefined) continue;
    if (isAlive(other)) {
      removed(directory, own);
      return E.left(taken(other.pid));
    }
    removed(directory, file);
  }
  held.add(path);
  return E.right(() => {
    held.delete(path);
    removed(directory, own);
  });
};

const filesIn = (directory: string): readonly string[] => {
  try {
    return readdirSync(directory);
  } catch {
    // Who may write there and not look sees no other claim.
    return [];
  }
};

/** Where it can't be removed, it counts for nothing all the same, once its process is gone. */
const removed = (directory: string, file: string): void => {
  try {
    rmSync(join(directory, file), { force: true });
  } catch {}
};

/** Makes the file of a claim; or says why it can't be made. */
const created = (directory: string, file: string): LockRefusal | undefined => {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
  } catch (error) {
    return notWritten(directory, error);
  }
  // One with the same name is of a process that is gone: it had this pid.
  removed(directory, file);
  try {
    closeSync(openSync(join(directory, file), 'wx', 0o600));
    return undefined;
  } catch (error) {
    return notWritten(join(directory, file), error);
  }
};

interface Holder {
  readonly pid: number;
  readonly life: string;
}

const taken = (pid: number): LockRefusal => ({ reason: 'taken', pid });

const notWritten = (path: string, error: unknown): LockRefusal => ({
  reason: 'not-written',
  detail: `${path}: ${errorCode(error) ?? 'unknown error'}`,
});

/** Pids have 22 bits at most (proc_sys_kernel(5)). Other names are somebody else's files. */
const holderOf = (name: string, file: string): Holder | undefined => {
  if (!file.startsWith(`${name}.`)) return undefined;
  const [, pid, life] = /^\.([1-9]\d{0,6})\.([\w-]+)\.lock$/.exec(file.slice(name.length)) ?? [];
  return pid === undefined || life === undefined ? undefined : { pid: Number(pid), life };
};

const isAlive = ({ pid, life }: Holder): boolean => {
  if (lifeOf(process.pid) === undefined) return life === unknownLife && runs(pid);
  const now = lifeOf(pid);
  return now !== undefined && (now === life || isSameButBoot(now, life));
};

/** One of the two was not told in which run of the system it is. */
const isSameButBoot = (one: string, other: string): boolean =>
  [one, other].some((life) => life.startsWith(unknownBoot)) &&
  one.slice(one.indexOf('-')) === other.slice(other.indexOf('-'));

const unknownBoot = 'boot-';

/** Of a process where there is no `/proc`. */
const unknownLife = 'running';

/** Tells a process from every other one, of a later run of the system too. Undefined where it can't be seen. */
const lifeOf = (pid: number): string | undefined => {
  try {
    // Behind the program's name, which may hold anything: the state, and 19 fields further the start (proc_pid_stat(5)).
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : `${boot()}${pidNamespace()}-${fields[19]}`;
  } catch {
    return undefined;
  }
};

/** Not there with systemd's `ProcSubset=pid`. */
const boot = (): string => {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').slice(0, 9);
  } catch {
    return unknownBoot;
  }
};

/** Of this process: those of others may not be read. */
const pidNamespace = (): string => {
  try {
    return /\d+/.exec(readlinkSync('/proc/self/ns/pid'))?.[0] ?? 'pid';
  } catch {
    return 'pid';
  }
};

const runs = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
};
