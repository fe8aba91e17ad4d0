import { execFileSync } from 'node:child_process';
import { cp, mkdir, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type AtEnd, temporaryDirectory } from './at-end.js';

const project = fileURLToPath(new URL('../../', import.meta.url));

/**
 * A directory with what a clone of this work tree would have: the files that git knows, and those that it would take.
 * The installed packages are the project's own, as `npm ci` was tested by whoever runs this test.
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

/** A file that is deleted and not yet committed. */
const ignoreDeleted = (error: NodeJS.ErrnoException): void => {
  if (error.code !== 'ENOENT') throw error;
};
