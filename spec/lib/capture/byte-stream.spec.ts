import { expect } from 'chai';
import { ByteStream } from '../../../lib/capture/pcap/byte-stream.js';
import type { Segment } from '../../../lib/capture/pcap/segment.js';

const end = { host: '10.0.0.1', port: 1883 };

const segment = (seq: number, text: string, more: Partial<Segment> = {}): Segment => ({
  from: end,
  to: end,
  seq,
  ack: undefined,
  syn: false,
  fin: false,
  rst: false,
  data: Buffer.from(text),
  length: text.length,
  ...more,
});

/** What a stream that began at 1 gives for these segments, with `_` for each missing byte, up to the end of the capture. */
const given = (...segments: readonly Segment[]): string => {
  const stream = new ByteStream();
  const all = [segment(0, '', { syn: true }), ...segments].flatMap((each, number) =>
    stream.take(each, { number, timeMs: number }),
  );
  return [...all, ...stream.ended()]
    .map((sent) => (sent.kind === 'gap' ? '_'.repeat(sent.bytes) : Buffer.from(sent.bytes).toString()))
    .join('');
};

describe('ByteStream', () => {
  it('takes the content that was captured first, where segments differ', () => {
    expect(given(segment(1, 'abcd'), segment(1, 'XXXX'), segment(3, 'XXef'))).to.equal('abcdef');
    expect(given(segment(3, 'cd'), segment(1, 'abXXef'))).to.equal('abcdef');
    expect(given(segment(5, 'ef'), segment(5, 'XXg'), segment(1, 'abcdXX'))).to.equal('abcdefg');
  });

  it('takes any other content for a byte of a keep-alive probe that came before it', () => {
    expect(given(segment(3, '\0'), segment(3, 'cd'), segment(1, 'ab'))).to.equal('abcd');
    expect(given(segment(3, '\0'), segment(1, 'abcd'))).to.equal('abcd');
  });

  it('gives what was not captured as a gap, also at its end', () => {
    expect(given(segment(1, 'ab', { length: 4 }), segment(5, 'ef'))).to.equal('ab__ef');
    expect(given(segment(1, 'ab', { length: 4 }))).to.equal('ab__');
  });

  it('does not take the acknowledgement of a FIN for data', () => {
    const stream = new ByteStream();
    const moment = { number: 1, timeMs: 1 };
    stream.take(segment(0, '', { syn: true }), moment);
    stream.take(segment(1, 'ab'), moment);
    stream.acknowledged(4, moment);
    expect(stream.isStalled).to.equal(false);
    expect(stream.ended()).to.deep.equal([]);
  });
});
