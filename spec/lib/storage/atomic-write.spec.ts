import { mkdir, readdir, readFile, readlink, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { writeFileAtomic, writeNewFile } from '../../../lib/storage/atomic-write.js';
import { cleanup, temporaryDirectory } from '../../support/cleanup.js';
import { rejectionOf } from '../../support/either.js';

describe('writeFileAtomic', () => {
  const atEnd = cleanup();
  const newDirectory = () => temporaryDirectory(atEnd);

  it('creates a file readable by the owner only, as it may hold a token', async () => {
    const directory = await newDirectory();
    await writeFileAtomic(join(directory, 'file'), 'content');
    expect(await readFile(join(directory, 'file'), 'utf8')).to.equal('content');
    expect((await stat(join(directory, 'file'))).mode & 0o777).to.equal(0o600);
    expect(await readdir(directory)).to.deep.equal(['file']);
  });

  it('replaces the file, so that open readers keep the old one', async () => {
    const path = join(await newDirectory(), 'file');
    await writeFile(path, 'old');
    const before = await stat(path);
    await writeFileAtomic(path, 'new');
    expect(await readFile(path, 'utf8')).to.equal('new');
    expect((await stat(path)).ino).to.not.equal(before.ino);
  });

  it('never shows a part of the content', async () => {
    const path = join(await newDirectory(), 'file');
    const contents = ['a', 'b', 'c', 'd'].map((letter) => letter.repeat(300_000));
    await writeFileAtomic(path, contents[0] ?? '');
    let writing = true;
    const written = (async () => {
      for (const content of [...contents, ...contents]) await writeFileAtomic(path, content);
      writing = false;
    })();
    while (writing) expect(contents.includes(await readFile(path, 'utf8'))).to.equal(true);
    await written;
  });

  it('leaves one complete file after concurrent writes', async () => {
    const directory = await newDirectory();
    const contents = Array.from({ length: 20 }, (_, at) => `${at}`.repeat(1_000));
    await Promise.all(contents.map((content) => writeFileAtomic(join(directory, 'file'), content)));
    expect(contents).to.include(await readFile(join(directory, 'file'), 'utf8'));
    expect(await readdir(directory)).to.deep.equal(['file']);
  });

  it('rejects with an error of the system if the directory is missing', async () => {
    const path = join(await newDirectory(), 'none', 'file');
    expect(await rejectionOf(writeFileAtomic(path, 'content'))).to.have.property('code', 'ENOENT');
  });

  it('leaves nothing behind on failure', async () => {
    const directory = await newDirectory();
    await mkdir(join(directory, 'file', 'full'), { recursive: true });
    const error = await rejectionOf(writeFileAtomic(join(directory, 'file'), 'content'));
    expect(error).to.have.property('code').that.is.oneOf(['EISDIR', 'ENOTEMPTY', 'EEXIST']);
    expect(await readdir(directory)).to.deep.equal(['file']);
  });
});

describe('writeNewFile', () => {
  const atEnd = cleanup();
  const content = Buffer.from('content');

  it('creates a file readable by the owner only', async () => {
    const directory = await temporaryDirectory(atEnd);
    const path = join(directory, 'file');
    await writeNewFile(path, content);
    expect(await readFile(path, 'utf8')).to.equal('content');
    expect((await stat(path)).mode & 0o777).to.equal(0o600);
    expect(await readdir(directory)).to.deep.equal(['file']);
  });

  it('leaves a file or a link that is there, and nothing else behind', async () => {
    const directory = await temporaryDirectory(atEnd);
    await writeFile(join(directory, 'file'), 'old');
    await symlink('/nonexistent', join(directory, 'link'));
    for (const name of ['file', 'link'])
      expect(await rejectionOf(writeNewFile(join(directory, name), content))).to.have.property(
        'code',
        'EEXIST',
      );
    expect(await readFile(join(directory, 'file'), 'utf8')).to.equal('old');
    expect(await readlink(join(directory, 'link'))).to.equal('/nonexistent');
    expect(await readdir(directory)).to.have.members(['file', 'link']);
  });

  it('writes one of several at the same time', async () => {
    const directory = await temporaryDirectory(atEnd);
    const path = join(directory, 'file');
    const texts = Array.from({ length: 20 }, (_, at) => `${at}`.repeat(1_000));
    const written = await Promise.allSettled(texts.map((text) => writeNewFile(path, Buffer.from(text))));
    const winners = texts.filter((_, at) => written[at]?.status === 'fulfilled');
    expect(winners).to.deep.equal([await readFile(path, 'utf8')]);
    expect(await readdir(directory)).to.deep.equal(['file']);
  });
});
