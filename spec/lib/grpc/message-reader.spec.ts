import { expect } from 'chai';
import fc from 'fast-check';
import { MessageReader, maxAnswerBytes } from '../../../lib/grpc/message-reader.js';
import { status } from '../../../lib/grpc/status.js';

const prefixed = (message: Uint8Array, flag = 0, length = message.length): Buffer => {
  const prefix = Buffer.from([flag, 0, 0, 0, 0]);
  prefix.writeUInt32BE(length, 1);
  return Buffer.concat([prefix, message]);
};

/** The message in these chunks, or the status with which reading ends. */
const read = (...chunks: readonly Buffer[]) => {
  const reader = new MessageReader();
  for (const chunk of chunks) {
    const problem = reader.take(chunk);
    if (problem !== undefined) return problem.code;
  }
  return reader.message;
};

describe('MessageReader', () => {
  it('reassembles a message from any pieces, and returns none before its end', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), fc.array(fc.nat({ max: 45 })), (message, cuts) => {
        const bytes = prefixed(message);
        const at = [0, ...cuts.filter((cut) => cut <= bytes.length).sort((a, b) => a - b)];
        const reader = new MessageReader();
        for (const [nth, from] of at.entries()) {
          if (from < bytes.length) expect(reader.message).to.equal(undefined);
          expect(reader.take(bytes.subarray(from, at[nth + 1]))).to.equal(undefined);
        }
        expect(reader.message).to.deep.equal(Buffer.from(message));
      }),
    );
  });

  it('rejects a second message, in the same chunk or the next, complete or not', () => {
    const one = prefixed(Buffer.from('one'));
    expect(read(one, one)).to.equal(status.INTERNAL);
    expect(read(Buffer.concat([one, one]))).to.equal(status.INTERNAL);
    expect(read(one, Buffer.from([0]))).to.equal(status.INTERNAL);
  });

  it('rejects a compressed message', () => {
    expect(read(prefixed(Buffer.from('one'), 1))).to.equal(status.INTERNAL);
  });

  it('accepts 4 MiB, and rejects more before it arrives', () => {
    expect(read(prefixed(Buffer.alloc(0), 0, maxAnswerBytes))).to.equal(undefined);
    expect(read(prefixed(Buffer.alloc(0), 0, maxAnswerBytes + 1))).to.equal(status.RESOURCE_EXHAUSTED);
    expect(read(prefixed(Buffer.alloc(maxAnswerBytes)))).to.have.length(maxAnswerBytes);
  });
});
