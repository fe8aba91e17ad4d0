import { createHash } from 'node:crypto';
import { expect } from 'chai';
import fc from 'fast-check';
import * as E from 'fp-ts/lib/Either.js';
import { decode } from '../../../../lib/rules/message/decode.js';
import { excerpted } from '../../../../lib/rules/message/excerpt.js';
import { bytesOf } from '../../../../lib/rules/message/payload.js';
import { PublishJson, publishOfJson, publishToJson } from '../../../../lib/rules/message/publish-json.js';
import { topicFilter } from '../../../../lib/rules/message/topic-filter.js';
import { publishOf } from '../../../support/shorthand.js';

const hash = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

describe('an excerpt', () => {
  it('is the beginning of a payload, with size and hash of the whole', () => {
    const bytes = Buffer.alloc(10_000, 'abc');
    expect(excerpted(bytes)).to.deep.equal({
      payload: { text: 'abc'.repeat(1_366).slice(0, 4_096) },
      oversized: { bytes: 10_000, sha256: hash(bytes) },
    });
  });

  it('is text if the payload is, even if the cut falls within a character', () => {
    const characters = fc.array(fc.constantFrom('a', 'ü', '€', '😀'), { minLength: 1_024, maxLength: 2_000 });
    fc.assert(
      fc.property(characters, (all) => {
        const { payload } = excerpted(Buffer.from(all.join('')));
        expect(payload).to.have.property('text');
        expect(all.join('').startsWith(Buffer.from(bytesOf(payload)).toString())).to.equal(true);
      }),
    );
  });

  it('is bytes if the payload is not text, and shares no memory with it', () => {
    const bytes = Buffer.alloc(5_000, 0xff);
    const { payload } = excerpted(bytes);
    bytes.fill(0);
    expect(payload).to.deep.equal({ bytes: Buffer.alloc(4_096, 0xff) });
  });

  const cut = {
    ...publishOf(1, { topic: 's2u/cv12345/int1-open', receivedAt: 1_000 }),
    ...excerpted(Buffer.from('{"function":"int1-open"}')),
  };

  it('is never decoded as a message, even if it looks complete', () => {
    for (const nameFrom of ['auto', 'payload', 'topic'] as const) {
      const decoded = decode({ nameFrom, filters: [topicFilter('s2u/cv12345/#')] })(cut);
      expect(E.isLeft(decoded) && decoded.left).to.have.property('reason', 'too-large');
    }
  });

  it('survives JSON', () => {
    const json: unknown = JSON.parse(JSON.stringify(publishToJson(cut)));
    if (!PublishJson.is(json)) throw new Error('is not what the codec takes');
    expect(json).to.include({ payload_bytes: 24, payload_sha256: cut.oversized.sha256 });
    expect(publishOfJson(json, 1)).to.deep.equal(cut);
  });
});
