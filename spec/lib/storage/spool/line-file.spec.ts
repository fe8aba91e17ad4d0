import { closeSync, readlinkSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { systemDisk } from '../../../../lib/storage/disk.js';
import { LineFile } from '../../../../lib/storage/spool/line-file.js';
import type { Slot } from '../../../../lib/storage/spool/spool-index.js';
import { cleanup, temporaryDirectory } from '../../../support/cleanup.js';
import { closesWithError, failingDisk } from '../../../support/failing-disk.js';
import { fileHandleSpy, openFiles } from '../../../support/file-handle-spy.js';

describe('LineFile', () => {
  const atEnd = cleanup();

  const newFile = async (disk = systemDisk) => {
    const path = join(await temporaryDirectory(atEnd), 'lines');
    const file = await LineFile.open(path, disk);
    atEnd(() => file.close());
    return { path, file, content: () => readFile(path, 'utf8') };
  };
  const slot = (id: number, offset: number, bytes: number): Slot => ({
    id,
    integration: 'int1',
    offset,
    bytes,
  });
  const linkOf = (path: string): string => {
    try {
      return readlinkSync(path);
    } catch {
      return '';
    }
  };
  const failure = (action: Promise<unknown>): Promise<unknown> =>
    action.then(
      () => 'none',
      (error: unknown) => error,
    );

  it('returns the offsets of lines, and reads them there', async () => {
    const { file } = await newFile();
    expect(await file.append('one\n')).to.equal(0);
    await file.note('noted\n');
    expect(await file.append('öne\ntwo\n')).to.equal(10);
    expect(file.bytes).to.equal(19);
    expect(await file.line(slot(1, 10, 5))).to.equal('öne');
    expect(await file.line(slot(2, 15, 4))).to.equal('two');
  });

  it('keeps nothing of a failed append, so that the next offset is right', async () => {
    const { file, content } = await newFile();
    await file.append('one\n');
    const flushes = await fileHandleSpy(atEnd, 'datasync');
    const full = new Error('ENOSPC');
    flushes.failNext(full);
    expect(await failure(file.append('lost\n'))).to.equal(full);
    expect(await file.append('two\n')).to.equal(4);
    expect(await content()).to.equal('one\ntwo\n');
  });

  it('keeps the given lines, and returns their new offsets', async () => {
    const { file, content } = await newFile();
    await file.append('one\ntwo\nthree\n');
    expect(await file.keep([slot(1, 0, 4), slot(3, 8, 6)])).to.deep.equal(
      new Map([
        [1, 0],
        [3, 4],
      ]),
    );
    expect(await file.append('four\n')).to.equal(10);
    expect(await content()).to.equal('one\nthree\nfour\n');
  });

  it('is unchanged after a failed rewrite, and leaves no file open', async () => {
    const { path, file, content } = await newFile();
    await file.append('one\ntwo\n');
    const flushes = await fileHandleSpy(atEnd, 'datasync');
    const full = new Error('ENOSPC');
    flushes.failNext(full);
    expect(await failure(file.keep([slot(2, 4, 4)]))).to.equal(full);
    expect(await file.append('three\n')).to.equal(8);
    expect(await content()).to.equal('one\ntwo\nthree\n');
    expect((await openFiles(`${path}.tmp`)) ?? 0).to.equal(0);
    expect(await file.keep([slot(2, 4, 4)])).to.deep.equal(new Map([[2, 0]]));
    expect(await content()).to.equal('two\n');
    expect((await openFiles(`${path} (deleted)`)) ?? 0).to.equal(0);
  });

  it('has its lines even if a successful rename was reported as failed', async () => {
    const faulty = new Error('EIO');
    let failures = 1;
    const { file, content } = await newFile({
      ...systemDisk,
      rename: async (from, to) => {
        await systemDisk.rename(from, to);
        if (failures-- > 0) throw faulty;
      },
    });
    await file.append('one\ntwo\n');
    expect(await failure(file.keep([slot(2, 4, 4)]))).to.equal(faulty);
    expect(await content()).to.equal('two\n');
    await file.empty();
    expect(await content()).to.equal('');
  });

  it('appends nothing before its directory entry is on the disk, and knows the offsets', async () => {
    const faulty = new Error('EIO');
    let failures = 0;
    const { file, content } = await newFile({
      ...systemDisk,
      syncDirectory: async (path) => {
        if (failures-- > 0) throw faulty;
        await systemDisk.syncDirectory(path);
      },
    });
    await file.append('one\ntwo\n');
    failures = 2;
    expect(await file.keep([slot(2, 4, 4)])).to.deep.equal(new Map([[2, 0]]));
    expect(await failure(file.append('three\n'))).to.equal(faulty);
    expect(await file.append('four\n')).to.equal(4);
    expect(await content()).to.equal('two\nfour\n');
  });

  it('leaves nothing of a failed append, even if the truncation failed at first', async () => {
    const { file, content } = await newFile();
    await file.append('one\n');
    const disk = await failingDisk(atEnd);
    disk.fail(['appendFile', 'truncate'], 1);
    expect(await failure(file.append('lost\n'))).to.be.an('error');
    expect(await content()).to.equal('one\nlost\n');
    await file.close();
    expect(await content()).to.equal('one\n');
  });

  it("knows the offsets even if the old file can't be closed", async () => {
    const { path, file } = await newFile();
    await file.append('one\ntwo\n');
    const descriptors = await readdir('/proc/self/fd').catch(() => []);
    const links = descriptors.map((each) => [each, linkOf(`/proc/self/fd/${each}`)] as const);
    const [descriptor] = links.find(([, link]) => link === path) ?? [];
    const flushes = await fileHandleSpy(atEnd, 'datasync');
    const release = flushes.hold();
    const kept = file.keep([slot(2, 4, 4)]);
    await flushes.calls.filled(1);
    if (descriptor !== undefined) closeSync(Number(descriptor));
    release();
    expect(await kept).to.deep.equal(new Map([[2, 0]]));
    expect(await file.line(slot(2, 0, 4))).to.equal('two');
  });

  it('closes even if the disk fails: what was appended is flushed', async () => {
    const { file, content } = await newFile(closesWithError());
    await file.append('one\n');
    await file.close();
    expect(await content()).to.equal('one\n');
  });

  it('leaves no file open when it can’t be opened', async () => {
    const faulty = new Error('EIO');
    const path = join(await temporaryDirectory(atEnd), 'lines');
    const syncDirectory = () => Promise.reject(faulty);
    expect(await failure(LineFile.open(path, { ...systemDisk, syncDirectory }))).to.equal(faulty);
    expect((await openFiles(path)) ?? 0).to.equal(0);
  });

  it('flushes its directory entry when it is new or rewritten', async () => {
    const { path, file } = await newFile();
    const names = await fileHandleSpy(atEnd, 'sync');
    await file.append('one\n');
    await file.keep([slot(1, 0, 4)]);
    expect(names.calls.items).to.have.length(1);
    await (await LineFile.open(path)).close();
    expect(names.calls.items).to.have.length(2);
  });

  it('truncates a line torn by a power cut', async () => {
    const { path, file, content } = await newFile();
    await file.append('one\nto');
    const next = await LineFile.open(path);
    atEnd(() => next.close());
    expect((await next.recover()).toString()).to.equal('one\n');
    expect(await next.append('two\n')).to.equal(4);
    expect(await content()).to.equal('one\ntwo\n');
  });
});
