import { assert } from 'chai';
import fc from 'fast-check';
import * as E from 'fp-ts/lib/Either.js';
import { decodeMessage } from '../../../../lib/rules/delivery/deliverable.js';
import { type DecodeRules, decode } from '../../../../lib/rules/message/decode.js';
import { topicFilter } from '../../../../lib/rules/message/topic-filter.js';
import { maxPacketBytes, notificationOf } from '../../../../lib/rules/notification/notification.js';
import { publish as anyPublish } from '../../../support/arbitraries.js';
import { publishOf } from '../../../support/shorthand.js';

const rules: DecodeRules = { nameFrom: 'auto', filters: [topicFilter('s2u/cv12345/#')] };

describe('decodeMessage', () => {
  it('returns a deliverable message', () => {
    const decoded = decodeMessage(rules)(publishOf(1, { name: 'int1-open', text: 'now' }));
    assert.equal(decoded.kind, 'deliverable');
    if (decoded.kind === 'deliverable') {
      assert.equal(decoded.message.name, 'int1-open');
      assert.deepEqual(decoded.message.body, { text: 'now' });
      assert.isAtMost(JSON.stringify(notificationOf(decoded.message)).length, maxPacketBytes);
    }
  });

  it('dead-letters a publish that can’t be decoded, without a message', () => {
    const publish = publishOf(1, 'nodash');
    assert.deepEqual(decodeMessage(rules)(publish), {
      kind: 'dead-lettered',
      publish,
      reason: 'malformed-name',
      detail: '"nodash": the name has no dash',
      attempts: 0,
      tookMs: 0,
    });
  });

  it('dead-letters a message that is too large', () => {
    const publish = publishOf(1, { name: 'int1-open', text: 'x'.repeat(40_000) });
    const decoded = decodeMessage(rules)(publish);
    assert.equal(decoded.kind, 'dead-lettered');
    if (decoded.kind === 'dead-lettered') {
      assert.equal(decoded.reason, 'too-large');
      assert.equal(decoded.message?.name, 'int1-open');
    }
  });

  it('keeps any publish', () => {
    fc.assert(
      fc.property(anyPublish, (publish) => {
        const decoded = decodeMessage(rules)(publish);
        const kept = decoded.kind === 'deliverable' ? decoded.message.publish : decoded.publish;
        assert.strictEqual(kept, publish);
        assert.equal(decoded.kind === 'deliverable', E.isRight(decode(rules)(publish)));
      }),
    );
  });
});
