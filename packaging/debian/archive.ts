import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, lstat, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Makes a Debian archive of a tree with `DEBIAN/control` in it, and adds `Installed-Size` and `md5sums`, for dpkg --verify.
 * The same tree gives the same bytes, whoever builds it: all belongs to root and has the time `epoch`, in seconds since
 * 1970, and only the files in `executable`, paths in the tree, can be run.
 */
export const archive = async (
  tree: string,
  { executable, epoch, file }: { executable: readonly string[]; epoch: number; file: string },
): Promise<void> => {
  const entries = await entriesIn(tree);
  const installed = entries.filter(({ path, kind }) => kind === 'file' && !path.startsWith('DEBIAN/'));
  const sums = installed.map(async ({ path }) => `${md5(await readFile(join(tree, path)))}  ${path}\n`);
  await writeFile(join(tree, 'DEBIAN/md5sums'), (await Promise.all(sums)).join(''));
  const control = join(tree, 'DEBIAN/control');
  const size = entries.reduce((sum, { kib }) => sum + kib, 0);
  const fields = await readFile(control, 'utf8');
  await writeFile(control, fields.replace(/^Architecture/m, `Installed-Size: ${size}\n$&`));

  for (const { path, kind } of await entriesIn(tree)) {
    if (kind === 'link') continue;
    await chmod(join(tree, path), kind === 'directory' || executable.includes(path) ? 0o755 : 0o644);
  }
  // dpkg-deb sets times after the epoch to it: all of this tree's. The number of threads would change the bytes.
  const env = { ...process.env, SOURCE_DATE_EPOCH: `${epoch}`, DPKG_DEB_THREADS_MAX: '1' };
  execFileSync('dpkg-deb', ['--root-owner-group', '-Zxz', '--build', tree, file], { env, stdio: 'pipe' });
};

interface Entry {
  readonly path: string;
  readonly kind: 'directory' | 'link' | 'file';
  /** As deb-substvars(5) counts for Installed-Size: rounded up, and 1 for what has no content. */
  readonly kib: number;
}

/** All in a tree, by name, and the tree itself, whose path is empty. */
const entriesIn = async (tree: string): Promise<readonly Entry[]> => {
  const below = await readdir(tree, { recursive: true });
  const entries = ['', ...below.sort()].map(async (path): Promise<Entry> => {
    const stats = await lstat(join(tree, path));
    const kind = stats.isDirectory() ? 'directory' : stats.isSymbolicLink() ? 'link' : 'file';
    return { path, kind, kib: kind === 'file' ? Math.ceil(stats.size / 1024) : 1 };
  });
  return Promise.all(entries);
};

const md5 = (bytes: Buffer): string => createHash('md5').update(bytes).digest('hex');
