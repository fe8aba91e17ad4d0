import { expect } from 'chai';
import fc from 'fast-check';
import { type Line, linesOf } from '../../../lib/util/lines.js';
import { anyText } from '../../support/arbitraries.js';
import { collected, inPieces } from '../../support/captures.js';

const read = async (bytes: Uint8Array, cuts: readonly number[] = [], maxBytes?: number) => {
  const lines: Line[] = [];
  for await (const batch of linesOf(inPieces(bytes, cuts), maxBytes)) lines.push(...batch);
  return lines;
};

const cuts = fc.array(fc.nat(500), { maxLength: 8 });

describe('linesOf', () => {
  it('splits any text, however it is chunked', () =>
    fc.assert(
      fc.asyncProperty(fc.array(anyText), cuts, async (texts, at) => {
        const lines = texts.map((text) => text.toWellFormed().replaceAll('\n', ' '));
        const whole = Buffer.from(lines.map((line) => `${line}\n`).join(''));
        expect(await read(whole, at)).to.deep.equal(lines);
      }),
    ));

  it('counts a last line without a newline, and none after a final newline', async () => {
    expect(await read(Buffer.from('a\n\nb'), [2])).to.deep.equal(['a', '', 'b']);
    expect(await read(Buffer.from('a\n\n'), [2])).to.deep.equal(['a', '']);
    expect(await read(Buffer.from(''))).to.deep.equal([]);
  });

  it('reports lines that are not UTF-8 in place, however they are chunked', () => {
    const bytes = Buffer.from('a\nb\xff\nc\xc3\nd\n', 'latin1');
    const unread = { detail: 'the line is not UTF-8' };
    return fc.assert(
      fc.asyncProperty(cuts, async (at) => {
        expect(await read(bytes, at)).to.deep.equal(['a', unread, unread, 'd']);
      }),
    );
  });

  it('drops a line past the bound, and continues after it', async () => {
    const pieces = async function* () {
      yield Buffer.from('a\n');
      for (let at = 0; at < 1_000; at += 1) yield Buffer.alloc(1_000, 'x');
      yield Buffer.from('x\nb\n');
    };
    const lines = (await collected(linesOf(pieces(), 5_000))).flat();
    expect(lines).to.deep.equal(['a', { detail: 'the line is longer than 5000 bytes' }, 'b']);
  });

  it('bounds the bytes of a line in several chunks, without its newline', async () => {
    expect(await read(Buffer.from('aaaaa\nb'), [3], 5)).to.deep.equal(['aaaaa', 'b']);
    expect(await read(Buffer.from('aaaaaa\nb'), [3], 5)).to.deep.equal([
      { detail: 'the line is longer than 5 bytes' },
      'b',
    ]);
  });
});
