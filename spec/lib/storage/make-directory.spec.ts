import { existsSync, readFileSync } from 'node:fs';
import { mkdir, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { makeDirectory, makeDirectorySync } from '../../../lib/storage/make-directory.js';
import { cleanup, temporaryDirectory } from '../../support/cleanup.js';
import { rejectionOf } from '../../support/either.js';
import { modulesIn, root } from '../../support/imports.js';

const forms = {
  makeDirectory,
  makeDirectorySync: async (path: string, mode?: number) => makeDirectorySync(path, mode),
};

for (const [name, make] of Object.entries(forms)) {
  describe(name, () => {
    const atEnd = cleanup();

    it('makes a directory and those above it, with the mode that is given', async () => {
      const directory = await temporaryDirectory(atEnd);
      await make(join(directory, 'a', 'b', 'c'), 0o700);
      for (const each of ['a', 'a/b', 'a/b/c'])
        expect((await stat(join(directory, each))).mode & 0o777, each).to.equal(0o700);
    });

    it('leaves a directory that is there as it is, also behind a link', async () => {
      const directory = await temporaryDirectory(atEnd);
      await mkdir(join(directory, 'there'), { mode: 0o750 });
      await symlink('there', join(directory, 'link'));
      for (const each of ['there', 'link', '.']) await make(join(directory, each), 0o700);
      expect((await stat(join(directory, 'there'))).mode & 0o777).to.equal(0o750);
      await make('/');
    });

    it('makes one of several that are made at the same time', async () => {
      const path = join(await temporaryDirectory(atEnd), 'a', 'b');
      await Promise.all([make(path), make(path), make(join(path, 'c'))]);
      expect((await stat(join(path, 'c'))).isDirectory()).to.equal(true);
    });

    it('fails with the error of the system', async () => {
      const directory = await temporaryDirectory(atEnd);
      await writeFile(join(directory, 'file'), '');
      await symlink('missing', join(directory, 'dangling'));

      for (const [path, expected] of [
        ['file', 'EEXIST'],
        ['file/a', 'ENOTDIR'],
        ['file/a/b', 'ENOTDIR'],
        ['dangling', 'EEXIST'],
        ['x'.repeat(300), 'ENAMETOOLONG'],
      ] as const)
        expect(await rejectionOf(make(join(directory, path))), path).to.have.property('code', expected);
      expect(await rejectionOf(make(''))).to.have.property('code', 'ENOENT');
    });

    it('fails at once where a file system makes no directories', async function () {
      if (!existsSync('/proc/self')) this.skip();
      for (const path of ['/proc/x', '/proc/x/y/z'])
        expect(await rejectionOf(make(path)), path).to.have.property('code', 'ENOENT');
    });
  });
}

it('no module of the program uses mkdir with recursive, which never ends in /proc', () => {
  const modules = ['lib', 'streams', 'bin', 'sim'].flatMap((folder) => [...modulesIn(folder)]);
  const recursive = /mkdir(Sync)?\([^;]*recursive/;
  expect(modules.filter((module) => recursive.test(readFileSync(join(root, module), 'utf8')))).to.deep.equal(
    [],
  );
});
