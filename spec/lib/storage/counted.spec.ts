import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { AppendFile } from '../../../lib/storage/append-file.js';
import { countedDisk, countedFiles } from '../../../lib/storage/counted.js';
import { systemDisk } from '../../../lib/storage/disk.js';
import { SpoolFile } from '../../../lib/storage/spool/spool-file.js';
import { systemFiles } from '../../../lib/storage/whole-files.js';
import { cleanup, temporaryDirectory } from '../../support/cleanup.js';
import { receiptAt } from '../../support/clock.js';
import { rightOf } from '../../support/either.js';
import { noNewer } from '../../support/no-newer.js';
import { publishOf } from '../../support/shorthand.js';

describe('bytes written', () => {
  const atEnd = cleanup();

  it('are those of all files: lines, spool, rewrites and whole files', async () => {
    const directory = await temporaryDirectory(atEnd);
    let written = 0;
    const disk = countedDisk(systemDisk, (bytes) => {
      written += bytes;
    });
    const sizeOf = (file: string) => readFile(join(directory, file)).then(({ length }) => length);
    const letters = new AppendFile({ path: join(directory, 'letters'), maxBytes: 1_000 }, disk);
    rightOf(await letters.append('ä'));
    await letters.close();
    expect(written).to.equal(3);

    const options = { path: join(directory, 'spool'), maxBytes: 10_000, broken: expect.fail, newer: noNewer };
    const spool = rightOf(await SpoolFile.open(options, disk));
    const message = {
      integration: 'int1',
      publish: publishOf(1, 'int1-a'),
      receipt: receiptAt(),
      pinned: false,
    };
    rightOf(await spool.append([message]));
    expect(written).to.equal(3 + (await sizeOf('spool')));
    await spool.close();

    written = 0;
    const files = countedFiles(systemFiles, (bytes) => {
      written += bytes;
    });
    for (const text of ['ö', 'one']) await files.write(join(directory, 'whole'), text);
    expect(written).to.equal(5);
    expect(rightOf(files.read(join(directory, 'whole')))).to.equal('one');
  });
});
