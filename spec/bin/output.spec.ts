import { once } from 'node:events';
import { Writable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { expect } from 'chai';
import { Output } from '../../bin/output.js';

/** A stream that takes a write when it is told to. */
const slow = () => {
  const written: string[] = [];
  const taken: (() => void)[] = [];
  const stream = new Writable({
    highWaterMark: 10,
    write: (chunk, _encoding, done) => {
      written.push(String(chunk));
      taken.push(done);
    },
  });
  return { stream, written, take: () => taken.shift()?.() };
};

describe('the output of a replay', () => {
  it('is written in large pieces, and all of it at the end', () => {
    const { stream, written } = slow();
    const output = new Output(stream);
    output.add('a\n');
    output.add('b\n');
    expect(written).to.deep.equal([]);
    output.flush();
    expect(written).to.deep.equal(['a\nb\n']);
    output.flush();
    expect(written).to.have.length(1);
  });

  it('is written at once where nothing more is added', async () => {
    const { stream, written } = slow();
    new Output(stream).add('a\n');
    await setImmediate();
    expect(written).to.deep.equal(['a\n']);
  });

  it('is ready when the stream has taken what there was', async () => {
    const { stream, take } = slow();
    const output = new Output(stream);
    expect(output.ready()).to.equal(undefined);
    output.add('x'.repeat(100_000));
    const ready = output.ready();
    expect(ready).to.be.a('promise');
    take();
    await ready;
    expect(output.ready()).to.equal(undefined);
  });

  it('is ready at once where the stream has taken it before that was asked', async () => {
    const { stream, take } = slow();
    const output = new Output(stream);
    output.add('x'.repeat(100_000));
    const drained = once(stream, 'drain');
    take();
    await drained;
    expect(output.ready()).to.equal(undefined);
  });

  it('is gone when nobody reads any more, and waits for nothing then', async () => {
    const { stream } = slow();
    const output = new Output(stream);
    output.add('x'.repeat(100_000));
    const ready = output.ready();
    stream.destroy(Object.assign(new Error('gone'), { code: 'EPIPE' }));
    await ready;
    let gone = false;
    output.gone$.subscribe(() => {
      gone = true;
    });
    expect(gone).to.equal(true);
    output.add('x'.repeat(100_000));
    expect(output.ready()).to.equal(undefined);
  });
});
