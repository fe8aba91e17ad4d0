import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { expect } from 'chai';
import { fileOutput, streamOutput } from '../../../lib/capture/output.js';
import { cleanup, temporaryDirectory } from '../../support/cleanup.js';

describe('fileOutput', () => {
  const atEnd = cleanup();
  const contents = async (directory: string): Promise<Record<string, string>> => {
    const names = (await readdir(directory)).sort();
    const texts = await Promise.all(names.map((name) => readFile(join(directory, name), 'utf8')));
    return Object.fromEntries(names.map((name, at) => [name, texts[at] ?? '']));
  };

  it('appends to a file that only its owner can read', async () => {
    const directory = await temporaryDirectory(atEnd);
    const path = join(directory, 'c');
    for (const text of ['a\n', 'b\n']) {
      const output = await fileOutput(path, 3);
      await output.write(text);
      await output.close();
    }
    expect(await contents(directory)).to.deep.equal({ c: 'a\nb\n' });
    expect((await stat(path)).mode & 0o777).to.equal(0o600);
  });

  it('ends a torn line, and counts the existing bytes', async () => {
    const directory = await temporaryDirectory(atEnd);
    await writeFile(join(directory, 'c'), '{"to');
    const output = await fileOutput(join(directory, 'c'), 3);
    expect(output.bytes).to.equal(5);
    await output.write('b\n');
    await output.close();
    expect(await contents(directory)).to.deep.equal({ c: '{"to\nb\n' });
  });

  it('keeps the given number of files, the newest with the lowest number', async () => {
    const directory = await temporaryDirectory(atEnd);
    const output = await fileOutput(join(directory, 'c'), 2);
    for (const text of ['1', '2', '3', '4']) {
      await output.write(text);
      await output.rotate();
    }
    await output.write('5');
    await output.close();
    expect(await contents(directory)).to.deep.equal({ c: '5', 'c.1': '4', 'c.2': '3' });
  });

  it('rejects if the file cannot be created', async () => {
    const directory = await temporaryDirectory(atEnd);
    const code = await fileOutput(join(directory, 'missing', 'c'), 1).then(
      () => 'none',
      (error) => error.code,
    );
    expect(code).to.equal('ENOENT');
  });
});

describe('streamOutput', () => {
  it('resolves once the stream has taken the text, and rejects on failure', async () => {
    const taken: string[] = [];
    const stream = new Writable({
      write: (chunk, _encoding, done) => {
        taken.push(String(chunk));
        done(taken.length > 1 ? new Error('gone') : null);
      },
    });
    const output = streamOutput(stream);
    await output.write('a');
    expect(taken).to.deep.equal(['a']);
    expect(await output.write('b').catch(String)).to.equal('Error: gone');
  });
});
