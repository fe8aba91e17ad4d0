import { readdirSync } from 'node:fs';
import { cp, mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type AtEnd, temporaryDirectory } from './at-end.js';
import { type Child, type Exit, runToEnd, startChild } from './child.js';
import { itWith } from './programs.js';

/** What a command in a {@link ThrowawaySystem} did. */
export interface Ran {
  readonly code: Exit['code'];
  /** stdout, then stderr. */
  readonly output: string;
}

/** This machine's system with its own layer of changes, which are gone after the test. */
export interface ThrowawaySystem {
  /** Starts a command in it, as root. */
  start(command: string, ...args: readonly string[]): Child;
  /** Runs one to its end. */
  run(command: string, ...args: readonly string[]): Promise<Ran>;
  /** Runs one that has to end with code 0. Its output. */
  good(command: string, ...args: readonly string[]): Promise<string>;
  /** Path of a file of the system, as this process sees it. */
  path(inSystem: string): string;
  /** Copies a file or a directory of this process into the system. */
  put(file: string, inSystem: string): Promise<void>;
  /** The paths of all files that were made or changed, without what the system's tools keep of their own. */
  changed(): readonly string[];
}

/**
 * An overlay over the root of this machine, with a `/run`, `/proc` and processes of its own; the shell is their init, which
 * `wait` has collect orphans.
 */
const setUp = `
set -e
mount -t tmpfs none "$0"
mkdir "$0/changes" "$0/work" "$0/root"
mount -t overlay none -o "lowerdir=/,upperdir=$0/changes,workdir=$0/work" "$0/root"
mount -t proc none "$0/root/proc"
mount --bind /dev "$0/root/dev"
mount -t tmpfs none "$0/root/run"
rm -f "$0/root/usr/sbin/policy-rc.d"
echo ready
sleep infinity &
wait
`;

/** Caches, logs and backup copies of the tools that install packages. */
const ofTools = /^(var\/(lib\/dpkg|log|cache)|etc\/(ld\.so\.cache|.*-$|\.pwd\.lock)|usr\/sbin\/policy-rc\.d)/;

/** Starts one. Needs root. */
export const startThrowawaySystem = async (atEnd: AtEnd): Promise<ThrowawaySystem> => {
  const directory = await temporaryDirectory(atEnd);
  const options = ['--mount', '--pid', '--fork', '--kill-child'];
  const outer = startChild(atEnd, 'unshare', [...options, 'sh', '-c', setUp, directory]);
  await outer.stdout.first('the system', () => true);
  const children = await readFile(`/proc/${outer.pid}/task/${outer.pid}/children`, 'utf8');
  const pid = children.trim();
  const seen = (path: string): string => join('/proc', pid, 'root', directory, path);
  const path = (inSystem: string): string => seen(join('root', inSystem));
  const start = (...command: readonly string[]): Child => {
    const enter = ['--target', pid, '--mount', '--root', '--pid', 'chroot', join(directory, 'root')];
    const child = startChild(atEnd, 'nsenter', [...enter, ...command]);
    // Ends before that child: what nsenter started ends with the system, not with nsenter.
    atEnd(() => outer.end('SIGKILL'));
    return child;
  };
  const run = async (...command: readonly string[]): Promise<Ran> => {
    const child = start(...command);
    const { code } = await child.exited;
    const { stdout, stderr } = child.output();
    return { code, output: `${stdout}${stderr}` };
  };
  return {
    path,
    start,
    run,
    good: async (command, ...args) => {
      const { code, output } = await run(command, ...args);
      if (code === 0) return output;
      throw new Error(`${command} ${args.join(' ')} ended with code ${code}:\n${output}`);
    },
    put: async (file, inSystem) => {
      await mkdir(dirname(path(inSystem)), { recursive: true });
      await cp(file, path(inSystem), { recursive: true });
    },
    changed: () =>
      readdirSync(seen('changes'), { recursive: true, withFileTypes: true })
        .filter((each) => !each.isDirectory())
        .map((each) => join(each.parentPath, each.name).slice(seen('changes').length + 1))
        .filter((file) => !ofTools.test(file)),
  };
};

/** Whether this process may mount an overlay: a container may not, though it runs as root. */
const mayMount = (): boolean => {
  if (process.getuid?.() !== 0) return false;
  const probe =
    'mount -t tmpfs none /mnt && cd /mnt && mkdir a b c && mount -t overlay none -o lowerdir=/,upperdir=/mnt/a,workdir=/mnt/b c && mount -t proc none c/proc';
  return runToEnd('unshare', ['--mount', '--pid', '--fork', 'sh', '-c', probe]).code === 0;
};

/** Tests in a throwaway system, with programs of this machine that are needed besides. */
export const itWithThrowawaySystem = (
  ...programs: readonly string[]
): ((title: string, test: () => Promise<void>) => void) =>
  mayMount()
    ? itWith('unshare', 'nsenter', 'mount', ...programs)
    : (title, _test) => {
        it(`${title} (needs root, and to mount)`);
      };
