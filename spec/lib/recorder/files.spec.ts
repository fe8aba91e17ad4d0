import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { readRecorderFiles } from '../../../lib/recorder/files.js';
import { endingAfterTest, temporaryDirectory } from '../../rig/at-end.js';

/** Writes 2,000 numbers, a line each, and turns its file after each second one. */
const turning = `
const fs = require('node:fs');
const [path] = process.argv.slice(1);
for (let number = 0; number < 2000; number += 2) {
  if (number > 0) fs.renameSync(path, path + '.1');
  fs.writeFileSync(path, number + '\\n' + (number + 1) + '\\n');
}`;

describe('the files of a flight recorder', () => {
  const atEnd = endingAfterTest();

  it('are read in order of time, whatever their size', async () => {
    const path = join(await temporaryDirectory(atEnd), 'r');
    expect(readRecorderFiles(path)).to.deep.equal({ texts: [], problems: [] });
    await writeFile(path, 'x'.repeat(3_000_000));
    await writeFile(`${path}.1`, 'before');
    expect(readRecorderFiles(path).texts.map(({ length }) => length)).to.deep.equal([6, 3_000_000]);
  });

  it('spoil no more than the line of a byte that is no text', async () => {
    const path = join(await temporaryDirectory(atEnd), 'r');
    await writeFile(path, Buffer.concat([Buffer.from('a\n'), Buffer.of(0xff, 0xfe), Buffer.from('\nb')]));
    expect(readRecorderFiles(path).texts).to.deep.equal(['a\n\ufffd\ufffd\nb']);
  });

  it('are named if they are there and can’t be read', async () => {
    const path = join(await temporaryDirectory(atEnd), 'r');
    await writeFile(path, 'here');
    await mkdir(`${path}.1`);
    expect(readRecorderFiles(path)).to.deep.equal({
      texts: ['here'],
      problems: [`${path}.1: is not a file`],
    });
    const link = join(await temporaryDirectory(atEnd), 'link');
    await symlink(path, link);
    expect(readRecorderFiles(link)).to.deep.equal({ texts: [], problems: [`${link}: is a link`] });
  });

  it('have no gap if the daemon turns them meanwhile', async () => {
    const path = join(await temporaryDirectory(atEnd), 'r');
    const daemon = spawn(process.execPath, ['-e', turning, path]);
    const exited = once(daemon, 'exit');
    let running = true;
    void exited.then(() => {
      running = false;
    });
    while (running) {
      const numbers = readRecorderFiles(path).texts.join('').trim().split('\n').map(Number);
      const [first = 0] = numbers;
      expect(numbers).to.deep.equal(numbers.map((_, at) => first + at));
      await new Promise(setImmediate);
    }
  });
});
