import { expect } from 'chai';
import fc from 'fast-check';
import { ndjson } from '../../../../lib/capture/ndjson.js';
import { publishLine } from '../../../../lib/capture/write-line.js';
import { parseLetter } from '../../../../lib/dead-letters/letter.js';
import { deadLetterLine } from '../../../../lib/dead-letters/write-letter.js';
import { describe as describeEvent } from '../../../../lib/log/describe.js';
import { excerptOf } from '../../../../lib/rules/message/excerpt.js';
import { messageKey } from '../../../../lib/rules/message/message-key.js';
import type { Publish } from '../../../../lib/rules/message/publish.js';
import { allOf, capturedPublish, inPieces } from '../../../support/captures.js';
import { receiptAt } from '../../../support/clock.js';
import { rightOf } from '../../../support/either.js';
import { publishOf } from '../../../support/shorthand.js';

const letterOf = (publish: Publish) =>
  ({
    kind: 'dead-lettered',
    reason: 'refused',
    detail: 'no',
    publish,
    attempts: 1,
    tookMs: 5,
  }) as const;

describe('messageKey', () => {
  it('is what sha256sum makes of topic, NUL and payload', () => {
    // printf 's2u/cv12345/command\0{"function":"int1-open"}' | sha256sum
    const publish = publishOf(1, { topic: 's2u/cv12345/command', text: '{"function":"int1-open"}' });
    expect(messageKey(publish)).to.equal('5dd1bbaee3d1');
  });

  it('is the same for a copy: it does not depend on time, number and flags', () => {
    const publish = publishOf(1, { topic: 't', text: 'x', receivedAt: 0 });
    const copy: Publish = {
      ...publish,
      seq: -7,
      receivedAt: 99,
      dup: true,
      retain: true,
      qos: 0,
      expiresInMs: 1,
    };
    expect(messageKey(copy)).to.equal(messageKey(publish));
    expect(messageKey({ ...publish, topic: 'tx', payload: { text: '' } })).to.not.equal(messageKey(publish));
  });

  it('is the same in the log, in the dead letter, in a capture, and in what is read from them', () =>
    fc.assert(
      fc.asyncProperty(capturedPublish(0), fc.constantFrom(65_536, 4_194_304), async (record, maxBytes) => {
        const key = messageKey(record.publish);
        const letter = letterOf(record.publish);
        expect(describeEvent({ kind: 'settled', settlement: letter }).fields).to.include({ key });
        const line = deadLetterLine(letter, receiptAt(7), maxBytes);
        expect(rightOf(parseLetter(line, 'id')).key).to.equal(key);
        expect(JSON.parse(publishLine(record)).key).to.equal(key);
        const [read] = await allOf(ndjson(inPieces(Buffer.from(`${publishLine(record)}\n`), [])));
        expect(read?.kind === 'publish' && messageKey(read.publish)).to.equal(key);
      }),
    ));

  it('stays the same in a dead letter that is cut', () => {
    const publish = publishOf(1, { topic: 't'.repeat(60_000), text: 'x'.repeat(60_000) });
    const read = rightOf(parseLetter(deadLetterLine(letterOf(publish), receiptAt(7), 65_536), 'id'));
    expect(read.publish.topic).to.have.length.below(1_100);
    expect(read.key).to.equal(messageKey(publish));
  });

  it('is made of the hash of a payload that was not read whole', () => {
    const part = (beginning: string, sha256: string) =>
      messageKey({
        ...publishOf(1, { topic: 't' }),
        ...excerptOf(Buffer.from(beginning), 2_000_000, sha256),
      });
    expect(part('a', '00')).to.equal(part('ab', '00'));
    expect(part('a', '00')).to.not.equal(part('a', '01'));
  });

  it('is absent from a letter of an earlier version', () => {
    const { key: _, ...old } = JSON.parse(
      deadLetterLine(letterOf(publishOf(1, { text: 'x' })), receiptAt(7)),
    );
    expect(rightOf(parseLetter(JSON.stringify(old), 'id'))).to.not.have.property('key');
  });
});
