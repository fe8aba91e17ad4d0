import { readdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { openCapture } from '../../../lib/capture/open.js';
import { readInThread } from '../../../lib/capture/reader-thread.js';
import type { Records } from '../../../lib/capture/record.js';
import { errorCode } from '../../../lib/util/error-code.js';
import { allOf, withBuffers } from '../../support/captures.js';
import { cleanup, temporaryDirectory } from '../../support/cleanup.js';

const program = new URL('../../support/reader-worker.mjs', import.meta.url);
const inThread = (file: string, onRead: (bytes: number) => void): Records =>
  readInThread(file, onRead, undefined, program);

const fixtures = fileURLToPath(new URL('../../fixtures/capture/', import.meta.url));

const line = (n: number): string =>
  `{"topic":"s2u/cv1/c","qos":1,"offset_ms":${n},"tst":"2026-11-23T08:00:00.000Z","payload":"${n}"}\n`;

const many = Array.from({ length: 50_000 }, (_, n) => line(n)).join('');

describe('readInThread', () => {
  const atEnd = cleanup();
  const ignore = (): void => undefined;
  const written = async (bytes: string | Uint8Array): Promise<string> => {
    const file = join(await temporaryDirectory(atEnd), 'capture');
    await writeFile(file, bytes);
    return file;
  };
  const threads = (): number =>
    process.getActiveResourcesInfo().filter((each) => each === 'MessagePort').length;

  for (const name of readdirSync(fixtures)) {
    it(`gives the same records: ${name}`, async () => {
      const file = join(fixtures, name);
      const same = withBuffers(await allOf(openCapture(file)));
      expect(withBuffers(await allOf(inThread(file, ignore)))).to.deep.equal(same);
    });
  }

  it('gives the records of a large file in order, and reports how much was read', async () => {
    const file = await written(many);
    let read = 0;
    const records = await allOf(
      inThread(file, (bytes) => {
        read += bytes;
      }),
    );
    expect(records).to.deep.equal(await allOf(openCapture(file)));
    expect(records).to.have.length(50_000);
    expect(read).to.equal(many.length);
  });

  it('rejects with the system error if the file cannot be read or is truncated', async () => {
    const codeOf = (file: string): Promise<string | undefined> =>
      allOf(inThread(file, ignore)).then(() => 'none', errorCode);
    expect(await codeOf('/nowhere')).to.equal('ENOENT');
    const cut = gzipSync(many);
    expect(await codeOf(await written(cut.subarray(0, cut.length / 2)))).to.equal('Z_BUF_ERROR');
  });

  it('ends when the consumer stops', async () => {
    const before = threads();
    for await (const batch of inThread(await written(many), ignore)) {
      expect(batch).to.not.have.length(0);
      expect(threads()).to.be.above(before);
      break;
    }
    expect(threads()).to.equal(before);
  });
});
