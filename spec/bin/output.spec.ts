import { once } from 'node:events';
import { Writable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { expect } from 'chai';
import { Output } from '../../bin/output.js';

/** A stream that takes one write per `take`. */
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

describe('Output', () => {
  it('writes in large chunks, and the rest on flush', () => {
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

  it('writes in the same turn of the event loop if nothing more is added', async () => {
    const { stream, written } = slow();
    new Output(stream).add('a\n');
    await setImmediate();
    expect(written).to.deep.equal(['a\n']);
  });

  it('is ready once the stream has drained', async () => {
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

  it('is ready at once if the stream has drained before', async () => {
    const { stream, take } = slow();
    const output = new Output(stream);
    output.add('x'.repeat(100_000));
    const drained = once(stream, 'drain');
    take();
    await drained;
    expect(output.ready()).to.equal(undefined);
  });

  it('waits for nothing once the reader is gone', async () => {
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
