import { expect } from 'chai';
import fc from 'fast-check';
import type { Publish } from '../../../../lib/rules/message/publish.js';
import { PublishJson, publishOfJson, publishToJson } from '../../../../lib/rules/message/publish-json.js';

const publish = fc.record<Publish>(
  {
    seq: fc.nat(),
    topic: fc.string({ unit: 'binary' }).map((any) => any.toWellFormed()),
    payload: fc.oneof(
      fc.record({ text: fc.string({ unit: 'binary' }).map((any) => any.toWellFormed()) }),
      fc.record({ bytes: fc.uint8Array().map((bytes) => Uint8Array.of(0xff, ...bytes)) }),
    ),
    qos: fc.constantFrom(0, 1, 2),
    retain: fc.boolean(),
    dup: fc.boolean(),
    receivedAt: fc.nat(1e14),
    expiresInMs: fc.nat(),
    reply: fc.oneof(
      fc.constant(null),
      fc.record(
        {
          topic: fc.string({ unit: 'binary' }).map((any) => any.toWellFormed()),
          correlation: fc.base64String(),
        },
        { requiredKeys: ['topic'], noNullPrototype: true },
      ),
    ),
  },
  { requiredKeys: ['seq', 'topic', 'payload', 'qos', 'retain', 'dup', 'receivedAt'], noNullPrototype: true },
);

const comparable = ({ payload, ...same }: Publish) => ({
  ...same,
  payload: 'text' in payload ? payload : { bytes: [...payload.bytes] },
});

describe('PublishJson', () => {
  it('keeps every publish unchanged', () =>
    fc.assert(
      fc.property(publish, (before) => {
        const json: unknown = JSON.parse(JSON.stringify(publishToJson(before)));
        if (!PublishJson.is(json)) throw new Error('is not what the codec takes');
        expect(comparable(publishOfJson(json, before.seq))).to.deep.equal(comparable(before));
      }),
    ));

  it('rejects a time that JavaScript could not write again', () => {
    const json = { topic: 'a', qos: 1, retain: false, dup: false };
    for (const [received_at, is] of [
      ['2026-11-23T08:00:00Z', true],
      ['1970-01-01T00:00:00Z', true],
      ['noon', false],
      ['1969-12-31T23:59:59Z', false],
      ['+275760-09-13T00:00:00.000Z', false],
    ] as const)
      expect(PublishJson.is({ ...json, received_at }), received_at).to.equal(is);
  });
});
