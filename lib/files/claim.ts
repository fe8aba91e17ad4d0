import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import { errorCode } from './read-text.js';

/** Why a claim is not had. */
export type ClaimRefusal =
  | { readonly reason: 'taken'; readonly pid: number }
  | { readonly reason: 'not-written'; readonly detail: string };

/** A refusal for people, in one line. */
export const claimLine = (refusal: ClaimRefusal): string =>
  refusal.reason === 'taken' ? `process ${refusal.pid} is at it` : refusal.detail;

/**
 * Claims `name` in a directory for this process: of two at once, one at most has it. Right gives it back. The claim of a process that was killed counts for nothing, also
 * when another one has its pid now: a claim is a file whose name says whose it is, so that it is never half-written.
 */
export function claim(directory: string, name: string): E.Either<ClaimRefusal, () => void> {
  const own = `${name}.${process.pid}.${lifeOf(process.pid)}.lock`;
  const release = () => removed(directory, own);
  const problem = created(directory, own);
  if (problem !== undefined) return E.left(problem);
  // Each is there before it looks for others: of two that come at once, the later one at least sees the other.
  for (const file of filesIn(directory)) {
    const other = file === own ? undefined : holderOf(name, file);
    if (other === undefined) continue;
    if (isAlive(other)) {
      release();
      return E.left(taken(other.pid));
    }
    removed(directory, file);
  }
  return E.right(release);
}

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
const created = (directory: string, file: string): ClaimRefusal | undefined => {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
  } catch (error) {
    return notWritten(directory, error);
  }
  try {
    closeSync(openSync(join(directory, file), 'wx', 0o600));
    return undefined;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return taken(process.pid);
    return notWritten(join(directory, file), error);
  }
};

interface Holder {
  readonly pid: number;
  readonly life: string;
}

const taken = (pid: number): ClaimRefusal => ({ reason: 'taken', pid });

const notWritten = (path: string, error: unknown): ClaimRefusal => ({
  reason: 'not-written',
  detail: `${path}: ${errorCode(error) ?? 'unknown error'}`,
});

const holderOf = (name: string, file: string): Holder | undefined => {
  if (!file.startsWith(`${name}.`)) return undefined;
  const [, pid, life] = /^\.(\d+)\.([\w-]+)\.lock$/.exec(file.slice(name.length)) ?? [];
  return pid === undefined || life === undefined ? undefined : { pid: Number(pid), life };
};

const isAlive = ({ pid, life }: Holder): boolean => {
  const now = lifeOf(pid);
  return now === life || now === unknownLife;
};

/** A process of which no more is known than that it runs. */
const unknownLife = 'running';

/** Tells a process from a later one with the same pid: when it began, and in which run of the system. */
const lifeOf = (pid: number): string | undefined => {
  try {
    const [boot = ''] = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').split('-');
    // Behind the program's name, which may hold anything: the state, and 19 fields further the start (proc_pid_stat(5)).
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : `${boot}-${fields[19]}`;
  } catch {
    return runs(pid) ? unknownLife : undefined;
  }
};

const runs = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return errorCode(error) !== 'ESRCH';
  }
};
