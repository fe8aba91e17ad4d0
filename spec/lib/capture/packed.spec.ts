import { expect } from 'chai';
import fc, { type Arbitrary } from 'fast-check';
import { pack, unpack } from '../../../lib/capture/packed.js';
import type { CaptureRecord } from '../../../lib/capture/record.js';
import { capturedPublish, capturedSet, withBuffers } from '../../support/captures.js';

const startedAt = Date.parse('2026-11-23T08:00:00Z');

const anyRecord: Arbitrary<CaptureRecord> = fc.oneof(
  { weight: 4, arbitrary: capturedPublish(startedAt) },
  capturedSet,
  fc.constant({ kind: 'start', startedAt, filters: ['a/#'] } as const),
  fc.record({ kind: fc.constant('broken' as const), line: fc.nat(), detail: fc.string() }),
  fc.record({ kind: fc.constant('note' as const), detail: fc.string(), isUnread: fc.boolean() }),
);

describe('a packed batch of a capture', () => {
  it('is unchanged when unpacked in another thread', () =>
    fc.assert(
      fc.property(fc.array(anyRecord, { maxLength: 12 }), (records) => {
        const packed = pack(records);
        const arrived = structuredClone(packed, { transfer: [packed.numbers.buffer] });
        expect(withBuffers(unpack(arrived))).to.deep.equal(withBuffers(records));
      }),
      { numRuns: 500 },
    ));

  it('transfers its own bytes only', () => {
    const large = Buffer.alloc(100_000, 0xff);
    const publish = {
      seq: 1,
      topic: 't',
      payload: { bytes: large.subarray(0, 3) },
      qos: 0,
      retain: false,
      dup: false,
      receivedAt: startedAt,
    } as const;
    const { payloads } = pack([{ kind: 'publish', offsetMs: 0, publish }]);
    expect(payloads.map((each) => typeof each !== 'string' && each.buffer.byteLength)).to.deep.equal([3]);
  });
});
