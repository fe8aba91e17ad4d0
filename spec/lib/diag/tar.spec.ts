import { execFileSync } from 'node:child_process';
import { expect } from 'chai';
import fc from 'fast-check';
import { tarOf } from '../../../lib/diag/tar.js';

describe('tarOf', () => {
  it('is read by tar, with mode, owner and time', () => {
    const files = ['', 'x', 'y'.repeat(511), 'z'.repeat(512), 'ü'.repeat(1_000)].map((text, at) => ({
      name: `folder/file-${at}.txt`,
      content: Buffer.from(text),
    }));
    const archive = tarOf(files, 1_700_000_000);
    const tar = (...args: readonly string[]) =>
      execFileSync('tar', args, { input: archive, encoding: 'utf8' });
    const listed = tar('--utc', '--numeric-owner', '-tvf', '-').trimEnd().split('\n');
    expect(listed).to.deep.equal(
      files.map(
        ({ name, content }) => `-rw------- 0/0 ${`${content.length}`.padStart(15)} 2023-11-14 22:13 ${name}`,
      ),
    );
    for (const { name, content } of files) expect(tar('-xOf', '-', name)).to.equal(content.toString());
  });

  it('is written whatever the clock says', () => {
    const anyTime = fc.oneof(fc.integer(), fc.double({ noNaN: true }), fc.constant(8.64e12));
    fc.assert(
      fc.property(anyTime, (seconds) => {
        const header = tarOf([{ name: 'a', content: Buffer.alloc(0) }], seconds).subarray(0, 512);
        expect(header.toString('latin1', 136, 147)).to.match(/^[0-7]{11}$/);
      }),
    );
  });
});
