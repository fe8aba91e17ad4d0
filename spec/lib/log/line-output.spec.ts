import { Writable } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { expect } from 'chai';
import { lineOutput } from '../../../lib/log/line-output.js';

/** A stream whose reader takes one write per `resume`. */
const slowReader = () => {
  const read: string[] = [];
  let taken: ((error?: Error) => void) | undefined;
  const stream = new Writable({
    decodeStrings: false,
    write: (text: string, _encoding, done) => {
      read.push(text);
      taken = done;
    },
  });
  const resume = async (error?: Error) => {
    const done = taken;
    taken = undefined;
    done?.(error);
    await turn();
  };
  return { stream, read, resume };
};

describe('lineOutput', () => {
  it('writes all lines to a slow reader', async () => {
    const { stream, read, resume } = slowReader();
    const write = lineOutput(stream, () => expect.fail('none is dropped'));
    for (const line of ['one', 'two']) write(line);
    await resume();
    await resume();
    expect(read).to.deep.equal(['one\n', 'two\n']);
  });

  it('drops lines past the limit, and reports their number once half of the rest is read', async () => {
    const { stream, read, resume } = slowReader();
    const write = lineOutput(stream, (lines) => write(`${lines} dropped`), 40);
    for (let n = 0; n < 10; n += 1) write(`line ${n}.`);
    expect(stream.writableLength).to.be.at.most(40);
    for (let n = 0; n < 20; n += 1) await resume();
    write('after it');
    expect(read).to.deep.equal([...[0, 1, 2, 3, 4].map((n) => `line ${n}.\n`), '5 dropped\n', 'after it\n']);
  });

  it('drops short lines too until the drop is reported, so that lines stay in order', async () => {
    const { stream, read, resume } = slowReader();
    const write = lineOutput(stream, (lines) => write(`${lines} dropped`), 10);
    for (const line of ['a', 'far too long', 'b']) write(line);
    await resume();
    await resume();
    expect(read).to.deep.equal(['a\n', '2 dropped\n']);
  });

  it('continues after the reader has closed the stream', async () => {
    const { stream, resume } = slowReader();
    const write = lineOutput(stream, () => undefined, 20);
    for (let n = 0; n < 10; n += 1) write(`line ${n}`);
    await resume(new Error('EPIPE'));
    for (let n = 0; n < 10; n += 1) write(`line ${n}`);
    await turn();
  });
});
