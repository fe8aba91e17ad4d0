import { spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import { readGiven } from '../../../lib/storage/read-given.js';
import { maxTextBytes } from '../../../lib/storage/read-text.js';
import { cleanup, temporaryDirectory } from '../../support/cleanup.js';

describe('readGiven', () => {
  const atEnd = cleanup();

  it('reads a file, without its byte order mark', async () => {
    const file = join(await temporaryDirectory(atEnd), 'file');
    await writeFile(file, '\ufeffä\n');
    expect(readGiven(file)).to.deep.equal(E.right('ä\n'));
  });

  it('reads a pipe to its end, though it is written in parts', async () => {
    const pipe = join(await temporaryDirectory(atEnd), 'pipe');
    spawnSync('mkfifo', [pipe]);
    const script = `(printf one; printf two) > ${pipe} &`;
    spawnSync('sh', ['-c', script], { stdio: 'ignore' });
    expect(readGiven(pipe)).to.deep.equal(E.right('onetwo'));
  });

  it('refuses what is missing, a directory, too large, or not UTF-8', async () => {
    const directory = await temporaryDirectory(atEnd);
    const [large, latin] = [join(directory, 'large'), join(directory, 'latin')];
    await writeFile(large, Buffer.alloc(maxTextBytes + 1, 'x'));
    await writeFile(latin, Buffer.from([0xe4]));
    expect(readGiven(join(directory, 'none'))).to.deep.equal(E.left({ reason: 'absent' }));
    for (const [file, detail] of [
      [directory, 'is not a file'],
      [large, `is larger than ${maxTextBytes} bytes`],
      [latin, 'is not UTF-8'],
    ] as const)
      expect(readGiven(file)).to.deep.equal(E.left({ reason: 'unreadable', detail }));
  });
});
