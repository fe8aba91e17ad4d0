import { closeSync, openSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import { errorCode } from '../util/error-code.js';
import { makeDirectorySync } from './make-directory.js';

/** Why a lock was not acquired. */
export type LockRefusal =
  | { readonly reason: 'taken'; readonly pid: number }
  | { readonly reason: 'not-written'; readonly detail: string };

/** Describes a refusal in one line. */
export const lockRefusalText = (refusal: LockRefusal): string =>
  refusal.reason === 'taken' ? `process ${refusal.pid} holds the lock` : refusal.detail;

/** Paths of the locks that this process holds. */
const held = new Set<string>();

/**
 * Acquires the lock `name` in a directory: at most one process holds it. Right releases it.
 *
 * The lock is a file named after its holder, so it is never half-written: pid, start of the process, boot id and pid
 * namespace. It counts only while such a process is visible in `/proc`, so it never outlives its process, whatever
 * becomes of the file; processes that can't see each other, as in two containers, don't exclude each other. Without
 * `/proc`, a lock counts while its pid is in use.
 */
export function acquireLock(directory: string, name: string): E.Either<LockRefusal, () => void> {
  for (let attempt = 1; ; attempt += 1) {
    const lock = acquireOnce(directory, name);
    if (E.isRight(lock) || lock.left.reason !== 'taken' || attempt === maxAttempts) return lock;
    // Two processes at the same instant may both have seen the other and given way.
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
  // Create first, look second: of two at the same time, at least the later one sees the other.
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
    // Without permission to list the directory, other locks are invisible.
    return [];
  }
};

/** A lock file that can't be removed is void anyway once its process is gone. */
const removed = (directory: string, file: string): void => {
  try {
    rmSync(join(directory, file), { force: true });
  } catch {}
};

/** Creates the lock file; returns the problem, if any. */
const created = (directory: string, file: string): LockRefusal | undefined => {
  try {
    makeDirectorySync(directory, 0o700);
  } catch (error) {
    return notWritten(directory, error);
  }
  // A file of the same name is left by a process that had this pid.
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

/** Pids have at most 22 bits (proc_sys_kernel(5)). Files with other names are not ours. */
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

/** Ignores the boot id if one of the two processes could not read it. */
const isSameButBoot = (one: string, other: string): boolean =>
  [one, other].some((life) => life.startsWith(unknownBoot)) &&
  one.slice(one.indexOf('-')) === other.slice(other.indexOf('-'));

const unknownBoot = 'boot-';

/** Used without `/proc`. */
const unknownLife = 'running';

/** Identifies a process across reuse of its pid and across boots; undefined if it is not visible. */
const lifeOf = (pid: number): string | undefined => {
  try {
    // After the program name, which may contain anything: the state, and 19 fields later the start time (proc_pid_stat(5)).
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : `${boot()}${pidNamespace()}-${fields[19]}`;
  } catch {
    return undefined;
  }
};

/** Missing with systemd's `ProcSubset=pid`. */
const boot = (): string => {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').slice(0, 9);
  } catch {
    return unknownBoot;
  }
};

/** Namespace of this process: that of others may be unreadable. */
const pidNamespace = (): string => {
  try {
    return /\d+/.exec(readlinkSync('/proc/self/ns/pid'))?.[0] ?? 'pid';
  } catch {
    return 'pid';
  }
};

/** Identifies this process, for {@link processRuns}. */
export const ownLife = (): string => lifeOf(process.pid) ?? unknownLife;

/** True if the process that {@link ownLife} identified runs, as far as this process can see. */
export const processRuns = (pid: number, life: string): boolean => isAlive({ pid, life });

const runs = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
};
