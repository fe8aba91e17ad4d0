import { chmod, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import { AppendFile } from '../../../lib/storage/append-file.js';
import { systemDisk } from '../../../lib/storage/disk.js';
import { cleanup, temporaryDirectory } from '../../support/cleanup.js';
import { leftOf, rightOf } from '../../support/either.js';
import { closesWithError } from '../../support/failing-disk.js';
import { fileHandleSpy, openFiles } from '../../support/file-handle-spy.js';

const fullDisk = Object.assign(new Error('full'), { code: 'ENOSPC' });

describe('AppendFile', () => {
  const atEnd = cleanup();

  /** A file in an empty directory. */
  const newFile = async (maxBytes = 1_000_000, ...below: readonly string[]) => {
    const path = join(await temporaryDirectory(atEnd), ...below, 'lines');
    const file = new AppendFile({ path, maxBytes });
    atEnd(() => file.close());
    return { path, file };
  };
  /** The same on a disk on which no file can be closed without an error. */
  const newUnclosable = async (maxBytes = 1_000_000) => {
    const path = join(await temporaryDirectory(atEnd), 'lines');
    const file = new AppendFile({ path, maxBytes }, closesWithError());
    atEnd(() => file.close());
    return { path, file };
  };
  const read = (path: string): Promise<string> => readFile(path, 'utf8');

  it('appends lines', async () => {
    const { path, file } = await newFile();
    expect(await file.append('one')).to.deep.equal(E.right(undefined));
    expect(await read(path)).to.equal('one\n');
    await file.append('two');
    expect(await read(path)).to.equal('one\ntwo\n');
  });

  it('writes no line before the directory entry of a new file is on the disk', async () => {
    const path = join(await temporaryDirectory(atEnd), 'lines');
    let asked = 0;
    const syncDirectory = async (of: string): Promise<void> => {
      asked += 1;
      if (asked <= 2) throw fullDisk;
      await systemDisk.syncDirectory(of);
    };
    const file = new AppendFile({ path, maxBytes: 1_000_000 }, { ...systemDisk, syncDirectory });
    atEnd(() => file.close());
    leftOf(await file.append('one'));
    leftOf(await file.append('two'));
    rightOf(await file.append('three'));
    rightOf(await file.append('four'));
    expect(await read(path)).to.equal('three\nfour\n');
    expect(asked).to.equal(3);
  });

  it('creates the file and its directories, readable by the owner only', async () => {
    const { path, file } = await newFile(1_000_000, 'a', 'b');
    rightOf(await file.append('one'));
    expect((await stat(path)).mode & 0o777).to.equal(0o600);
    expect((await stat(join(path, '..'))).mode & 0o777).to.equal(0o700);
    expect((await stat(join(path, '..', '..'))).mode & 0o777).to.equal(0o700);
  });

  it('creates nothing before the first append', async () => {
    const { path, file } = await newFile(1_000_000, 'a');
    await file.close();
    expect(await stat(join(path, '..')).catch(() => 'absent')).to.equal('absent');
  });

  it('continues the file of an earlier run', async () => {
    const { path, file } = await newFile();
    await writeFile(path, 'of before\n');
    rightOf(await file.append('one'));
    expect(await read(path)).to.equal('of before\none\n');
  });

  it('keeps the next line intact after a torn one', async () => {
    const { path, file } = await newFile();
    await writeFile(path, 'whole\nto');
    rightOf(await file.append('one'));
    expect(await read(path)).to.equal('whole\nto\none\n');
  });

  describe('repair', () => {
    it('ends a line that a power cut tore', async () => {
      const { path, file } = await newFile();
      await writeFile(path, 'whole\nto');
      const flushes = await fileHandleSpy(atEnd, 'datasync');
      await file.repair();
      expect(await read(path)).to.equal('whole\nto\n');
      expect(flushes.calls.items).to.have.length(1);
    });

    it('ends it once, with appends at the same time', async () => {
      const { path, file } = await newFile();
      await writeFile(path, 'to');
      const appended = [file.repair(), file.append('one'), file.repair(), file.append('two')];
      await Promise.all(appended);
      expect(await read(path)).to.equal('to\none\ntwo\n');
    });

    it('writes nothing to an intact file, and creates none', async () => {
      const { path, file } = await newFile(1_000_000, 'a');
      await file.repair();
      expect(await stat(join(path, '..')).catch(() => 'absent')).to.equal('absent');
      await mkdir(join(path, '..'));
      for (const content of ['', 'whole\n']) {
        await writeFile(path, content);
        const before = await stat(path);
        await file.repair();
        expect(await read(path)).to.equal(content);
        expect((await stat(path)).ctimeMs).to.equal(before.ctimeMs);
      }
    });

    it('ends it even if the file can’t be closed', async () => {
      const { path, file } = await newUnclosable();
      await writeFile(path, 'torn');
      rightOf(await file.repair());
      rightOf(await file.append('one'));
      expect(await read(path)).to.equal('torn\none\n');
    });

    it('leaves a failing disk to the next append', async () => {
      const { path, file } = await newFile();
      await mkdir(path);
      await file.repair();
      expect(leftOf(await file.append('one'))).to.contain('EISDIR');
    });
  });

  for (const [title, away] of [
    ['deleted', (path: string) => rm(path)],
    ['moved away', (path: string) => rename(path, `${path}.old`)],
    ['replaced', (path: string) => writeFile(`${path}.new`, '').then(() => rename(`${path}.new`, path))],
  ] as const)
    it(`puts the next line in its place after another program has ${title} the file`, async () => {
      const { path, file } = await newFile();
      rightOf(await file.append('one'));
      await away(path);
      rightOf(await file.append('two'));
      rightOf(await file.append('three'));
      expect(await read(path)).to.equal('two\nthree\n');
      expect((await openFiles(`${path} (deleted)`)) ?? 0).to.equal(0);
      expect((await openFiles(`${path}.old`)) ?? 0).to.equal(0);
    });

  it('flushes the directory entry of a new file, too', async () => {
    const { file } = await newFile(20);
    const names = await fileHandleSpy(atEnd, 'sync');
    for (const line of ['one', 'two']) rightOf(await file.append(line));
    expect(names.calls.items).to.have.length(1);
    rightOf(await file.append('more than there is room for'));
    expect(names.calls.items).to.have.length(2);
  });

  it('flushes its directory entry even if an earlier run was killed before that, or the file was replaced', async () => {
    const { path, file } = await newFile();
    await writeFile(path, '');
    const names = await fileHandleSpy(atEnd, 'sync');
    for (const line of ['one', 'two']) rightOf(await file.append(line));
    expect(names.calls.items).to.have.length(1);
    await writeFile(`${path}.new`, '');
    await rename(`${path}.new`, path);
    for (const line of ['three', 'four']) rightOf(await file.append(line));
    expect(names.calls.items).to.have.length(2);
  });

  it('loses no line when the file that it leaves can’t be closed', async () => {
    const { path, file } = await newUnclosable(5);
    rightOf(await file.append('one'));
    rightOf(await file.append('two'));
    expect([await read(`${path}.1`), await read(path)]).to.deep.equal(['one\n', 'two\n']);
    await rm(path);
    rightOf(await file.append('three'));
    expect(await read(path)).to.equal('three\n');
  });

  describe('flushing', () => {
    it('completes before an append resolves', async () => {
      const { path, file } = await newFile();
      const flushes = await fileHandleSpy(atEnd, 'datasync');
      const release = flushes.hold();
      let done = false;
      const appended = file.append('one').then(() => {
        done = true;
      });
      await flushes.calls.filled(1);
      await turn();
      expect(await read(path)).to.equal('one\n');
      expect(done).to.equal(false);
      release();
      await appended;
    });

    it('is shared by lines appended during a flush', async () => {
      const { path, file } = await newFile();
      const flushes = await fileHandleSpy(atEnd, 'datasync');
      const release = flushes.hold();
      const first = file.append('one');
      await flushes.calls.filled(1);
      const others = ['two', 'three', 'four'].map((line) => file.append(line));
      release();
      await Promise.all([first, ...others]);
      expect(await read(path)).to.equal('one\ntwo\nthree\nfour\n');
      expect(flushes.calls.items).to.have.length(2);
    });
  });

  describe('rotation', () => {
    it('moves a full file aside, replacing the earlier one', async () => {
      const { path, file } = await newFile(20);
      for (const line of ['aaaaaaaaa', 'bbbbbbbbb']) rightOf(await file.append(line));
      expect(await read(path), '20 bytes fit').to.equal('aaaaaaaaa\nbbbbbbbbb\n');
      rightOf(await file.append('c'));
      expect(await read(path)).to.equal('c\n');
      expect(await read(`${path}.1`)).to.equal('aaaaaaaaa\nbbbbbbbbb\n');
      rightOf(await file.append('ddddddddddddddddddd'));
      expect(await read(path)).to.equal('ddddddddddddddddddd\n');
      expect(await read(`${path}.1`)).to.equal('c\n');
    });

    it('counts bytes, including those of earlier runs', async () => {
      const { path, file } = await newFile(20);
      await writeFile(path, 'before: 18 bytes.\n');
      rightOf(await file.append('ä'));
      expect(await read(path)).to.equal('ä\n');
    });

    it('gives a line larger than the limit a file of its own', async () => {
      const { path, file } = await newFile(20);
      rightOf(await file.append('x'.repeat(50)));
      expect(await stat(`${path}.1`).catch(() => 'absent')).to.equal('absent');
      rightOf(await file.append('y'));
      expect([await read(`${path}.1`), await read(path)]).to.deep.equal([`${'x'.repeat(50)}\n`, 'y\n']);
    });

    it('respects the limit for lines appended at once', async () => {
      const { path, file } = await newFile(20);
      await Promise.all(
        ['aaaaaaaaa', 'bbbbbbbbb', 'ccccccccc', 'ddddddddd', 'e'].map((line) => file.append(line)),
      );
      expect(await read(`${path}.1`)).to.equal('ccccccccc\nddddddddd\n');
      expect(await read(path)).to.equal('e\n');
    });

    it('fills a file before it rotates, so that lines appended at once push no other file out early', async () => {
      const { path, file } = await newFile(12);
      await file.append('one');
      await Promise.all(['two', 'three', 'four'].map((line) => file.append(line)));
      expect(await read(`${path}.1`)).to.equal('one\ntwo\n');
      expect(await read(path)).to.equal('three\nfour\n');
    });

    it('leaves no open file behind', async function () {
      const { path, file } = await newFile(2);
      for (const line of ['a', 'b', 'c']) rightOf(await file.append(line));
      if ((await openFiles(path)) === undefined) this.skip();
      expect([await openFiles(path), await openFiles(`${path}.1`)]).to.deep.equal([1, 0]);
    });

    it('creates the new file readable by the owner only', async () => {
      const { path, file } = await newFile(2);
      for (const line of ['a', 'b']) rightOf(await file.append(line));
      expect((await stat(path)).mode & 0o777).to.equal(0o600);
    });
  });

  describe('an error', () => {
    it('is reported with the file', async () => {
      const { path, file } = await newFile();
      (await fileHandleSpy(atEnd, 'datasync')).failNext(fullDisk);
      expect(leftOf(await file.append('one'))).to.equal(`${path}: ENOSPC`);
    });

    it('is reported for every line of the same write', async () => {
      const { path, file } = await newFile();
      (await fileHandleSpy(atEnd, 'datasync')).failNext(fullDisk);
      const all = await Promise.all(['one', 'two', 'three'].map((line) => file.append(line)));
      expect(all.map(leftOf)).to.deep.equal(Array.from({ length: 3 }, () => `${path}: ENOSPC`));
    });

    it('is temporary: the next append retries', async () => {
      const { path, file } = await newFile(1_000_000, 'a');
      const inTheWay = join(path, '..');
      await writeFile(inTheWay, '');
      expect(leftOf(await file.append('one'))).to.match(/^.*\/a\/lines: (EEXIST|ENOTDIR)$/);
      await rm(inTheWay);
      rightOf(await file.append('two'));
      expect(await read(path)).to.equal('two\n');
    });

    it('of a flush is reported, and leaves no open file behind', async function () {
      const { path, file } = await newFile();
      rightOf(await file.append('one'));
      if ((await openFiles(path)) === undefined) this.skip();
      const flushes = await fileHandleSpy(atEnd, 'datasync');
      flushes.failNext(Object.assign(new Error('broken'), { code: 'EIO' }));
      expect(leftOf(await file.append('two'))).to.equal(`${path}: EIO`);
      expect(await openFiles(path)).to.equal(0);
      rightOf(await file.append('three'));
      expect(await read(path)).to.match(/three\n$/);
      expect(await openFiles(path)).to.equal(1);
    });

    it('of the rotation loses no written line', async () => {
      const { path, file } = await newFile(5);
      rightOf(await file.append('one'));
      await mkdir(join(`${path}.1`, 'in the way'), { recursive: true });
      expect(leftOf(await file.append('two'))).to.match(/lines: (EISDIR|ENOTEMPTY|EEXIST)$/);
      await rm(`${path}.1`, { recursive: true });
      rightOf(await file.append('three'));
      expect([await read(`${path}.1`), await read(path)]).to.deep.equal(['one\n', 'three\n']);
    });
  });

  describe('close', () => {
    it('writes what is pending first', async () => {
      const { path, file } = await newFile();
      const appended = ['one', 'two', 'three'].map((line) => file.append(line));
      await file.close();
      expect(await read(path)).to.equal('one\ntwo\nthree\n');
      for (const each of await Promise.all(appended)) rightOf(each);
    });

    it('resolves even if the disk fails: what was appended is flushed', async () => {
      const { file } = await newUnclosable();
      rightOf(await file.append('one'));
      await file.close();
    });

    it('leaves no open file behind', async function () {
      const { path, file } = await newFile();
      rightOf(await file.append('one'));
      if ((await openFiles(path)) === undefined) this.skip();
      await file.close();
      expect(await openFiles(path)).to.equal(0);
      await file.close();
    });
  });

  it('keeps the permissions of a file', async () => {
    const { path, file } = await newFile();
    await writeFile(path, '');
    await chmod(path, 0o640);
    rightOf(await file.append('one'));
    expect((await stat(path)).mode & 0o777).to.equal(0o640);
  });
});
