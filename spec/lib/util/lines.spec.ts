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
  it('gives the lines of any text, wherever it is cut', () =>
    fc.assert(
      fc.asyncProperty(fc.array(anyText), cuts, async (texts, at) => {
        const lines = texts.map((text) => text.toWellFormed().replaceAll('\n', ' '));
        const whole = Buffer.from(lines.map((line) => `${line}\n`).join(''));
        expect(await read(whole, at)).to.deep.equal(lines);
      }),
    ));

  it('gives a last line without an end, and none behind the last end', async () => {
    expect(await read(Buffer.from('a\n\nb'), [2])).to.deep.equal(['a', '', 'b']);
    expect(await read(Buffer.from('a\n\n'), [2])).to.deep.equal(['a', '']);
    expect(await read(Buffer.from(''))).to.deep.equal([]);
  });

  it('tells of lines that are not UTF-8, in their place, wherever they are cut', () => {
    const bytes = Buffer.from('a\nb\xff\nc\xc3\nd\n', 'latin1');
    const unread = { detail: 'the line is not UTF-8' };
    return fc.assert(
      fc.asyncProperty(cuts, async (at) => {
        expect(await read(bytes, at)).to.deep.equal(['a', unread, unread, 'd']);
      }),
    );
  });

  it('keeps no more of a line than the bound, and goes on behind it', async () => {
    const pieces = async function* () {
      yield Buffer.from('a\n');
      for (let at = 0; at < 1_000; at += 1) yield Buffer.alloc(1_000, 'x');
      yield Buffer.from('x\nb\n');
    };
    const lines = (await collected(linesOf(pieces(), 5_000))).flat();
    expect(lines).to.deep.equal(['a', { detail: 'the line is longer than 5000 bytes' }, 'b']);
  });

  it('counts the bytes of a line that came in pieces, not its end', async () => {
    expect(await read(Buffer.from('aaaaa\nb'), [3], 5)).to.deep.equal(['aaaaa', 'b']);
    expect(await read(Buffer.from('aaaaaa\nb'), [3], 5)).to.deep.equal([
      { detail: 'the line is longer than 5 bytes' },
      'b',
    ]);
  });
});
