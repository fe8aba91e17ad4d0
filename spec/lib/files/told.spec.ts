import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { isTold } from '../../../lib/files/told.js';
import { cleanup, temporaryDirectory } from '../../sim/support/cleanup.js';

describe('isTold: whether a watcher of the directory hears of all that changes a file', () => {
  const atEnd = cleanup();
  const itOnLinux = process.platform === 'linux' ? it : it.skip;

  it('is true on a disk, whether the file is there or not', async () => {
    const path = join(await temporaryDirectory(atEnd), 'file');
    expect(isTold(path)).to.equal(true);
    await writeFile(path, '');
    expect(isTold(path)).to.equal(true);
  });

  itOnLinux('is true in memory', () => {
    expect(isTold('/dev/shm/file')).to.equal(true);
  });

  itOnLinux('is false in a file system that is not known: changes may come from elsewhere', () => {
    expect(isTold('/proc/version')).to.equal(false);
  });

  it('is false for a symbolic link', async () => {
    const directory = await temporaryDirectory(atEnd);
    await writeFile(join(directory, 'file'), '');
    await symlink('file', join(directory, 'link'));
    expect(isTold(join(directory, 'link'))).to.equal(false);
  });

  it('is false for a file in a directory that a symbolic link leads to', async () => {
    const directory = await temporaryDirectory(atEnd);
    await mkdir(join(directory, 'v2', 'mq'), { recursive: true });
    await symlink('v2', join(directory, 'current'));
    expect(isTold(join(directory, 'current', 'mq', 'file'))).to.equal(false);
  });

  it('is false where there is no directory', () => {
    expect(isTold('/none/such/file')).to.equal(false);
  });
});
