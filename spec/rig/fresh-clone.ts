import { execFileSync } from 'node:child_process';
import { cp, mkdir, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type AtEnd, temporaryDirectory } from './at-end.js';

const project = fileURLToPath(new URL('../../', import.meta.url));

/**
 * A directory with what a clone of this work tree would have: tracked files and untracked ones that aren't
 * ignored. It uses the installed packages of the project, as `npm ci` has run before this test.
 */
export async function freshClone(atEnd: AtEnd): Promise<string> {
  const clone = await temporaryDirectory(atEnd);
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: project,
    encoding: 'utf8',
  });
  for (const file of listed.split('\0').filter((name) => name !== '')) {
    await mkdir(dirname(join(clone, file)), { recursive: true });
    await cp(join(project, file), join(clone, file), { errorOnExist: false }).catch(ignoreDeleted);
  }
  await symlink(join(project, 'node_modules'), join(clone, 'node_modules'));
  return clone;
}

/** The file is deleted and that is not committed yet. */
const ignoreDeleted = (error: NodeJS.ErrnoException): void => {
  if (error.code !== 'ENOENT') throw error;
};
