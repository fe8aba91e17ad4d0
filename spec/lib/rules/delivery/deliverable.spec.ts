import { assert } from 'chai';
import fc from 'fast-check';
import * as E from 'fp-ts/lib/Either.js';
import { understand } from '../../../../lib/rules/delivery/deliverable.js';
import { type DecodeRules, decode } from '../../../../lib/rules/message/decode.js';
import { topicFilter } from '../../../../lib/rules/message/topic-filter.js';
import { maxPacketBytes, notificationOf } from '../../../../lib/rules/notification/notification.js';
import { publish as anyPublish } from '../../../support/arbitraries.js';
import { publishOf } from '../../../support/shorthand.js';

const rules: DecodeRules = { nameFrom: 'auto', filters: [topicFilter('s2u/cv12345/#')] };

describe('understand', () => {
  it('makes a message that is fit to be sent', () => {
    const understood = understand(rules)(publishOf(1, { name: 'int1-open', text: 'now' }));
    assert.equal(understood.kind, 'deliverable');
    if (understood.kind === 'deliverable') {
      assert.equal(understood.message.name, 'int1-open');
      assert.deepEqual(understood.message.body, { text: 'now' });
      assert.isAtMost(JSON.stringify(notificationOf(understood.message)).length, maxPacketBytes);
    }
  });

  it('ends what can’t be decoded, without a message', () => {
    const publish = publishOf(1, 'nodash');
    assert.deepEqual(understand(rules)(publish), {
      kind: 'dead-lettered',
      publish,
      reason: 'malformed-name',
      detail: '"nodash": the name has no dash',
      attempts: 0,
      tookMs: 0,
    });
  });

  it('ends what is too large, with its message', () => {
    const publish = publishOf(1, { name: 'int1-open', text: 'x'.repeat(40_000) });
    const understood = understand(rules)(publish);
    assert.equal(understood.kind, 'dead-lettered');
    if (understood.kind === 'dead-lettered') {
      assert.equal(understood.reason, 'too-large');
      assert.equal(understood.message?.name, 'int1-open');
    }
  });

  it('keeps the publish, whatever it is', () => {
    fc.assert(
      fc.property(anyPublish, (publish) => {
        const understood = understand(rules)(publish);
        const kept = understood.kind === 'deliverable' ? understood.message.publish : understood.publish;
        assert.strictEqual(kept, publish);
        assert.equal(understood.kind === 'deliverable', E.isRight(decode(rules)(publish)));
      }),
    );
  });
});
