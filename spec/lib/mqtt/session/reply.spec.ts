import { expect } from 'chai';
import { replyOf } from '../../../../lib/mqtt/session/reply.js';

describe('replyOf', () => {
  it('is what a sender asks for', () => {
    expect(replyOf(undefined)).to.equal(undefined);
    expect(replyOf({ correlationData: Buffer.of(1) })).to.equal(undefined);
    expect(replyOf({ responseTopic: 'a' })).to.deep.equal({ topic: 'a' });
    const both = { responseTopic: 'a', correlationData: Buffer.of(0, 255) };
    expect(replyOf(both)).to.deep.equal({ topic: 'a', correlation: 'AP8=' });
  });

  it('keeps no more than 512 bytes of each with a message', () => {
    expect(replyOf({ responseTopic: 'x'.repeat(512) })).to.not.equal(null);
    expect(replyOf({ responseTopic: 'x'.repeat(513) })).to.equal(null);
    expect(replyOf({ responseTopic: 'a', correlationData: Buffer.alloc(512) })).to.not.equal(null);
    expect(replyOf({ responseTopic: 'a', correlationData: Buffer.alloc(513) })).to.equal(null);
  });
});
