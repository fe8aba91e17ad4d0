import { createHash } from 'node:crypto';
import { expect } from 'chai';
import fc from 'fast-check';
import { deadLetterLine } from '../../../lib/dead-letters/write-letter.js';
import { payloadOf } from '../../../lib/rules/message/payload.js';
import type { DeadLettered } from '../../../lib/rules/settlement.js';
import { receiptAt } from '../../support/clock.js';
import { publishOf } from '../../support/shorthand.js';

const letter = (more: Partial<DeadLettered> = {}): DeadLettered => ({
  kind: 'dead-lettered',
  reason: 'undecodable',
  detail: 'the payload is not JSON',
  publish: publishOf(1, {
    topic: 's2u/cv12345/int1-open',
    text: 'now',
    receivedAt: Date.UTC(2024, 1, 29, 12, 0, 0, 5),
  }),
  attempts: 0,
  tookMs: 1_500.25,
  ...more,
});

const parsed = (line: string): unknown => JSON.parse(line);

describe('deadLetterLine', () => {
  it('holds the reason, the times, the number of attempts and the message', () => {
    expect(parsed(deadLetterLine(letter(), receiptAt(7)))).to.deep.equal({
      format: 1,
      reason: 'undecodable',
      detail: 'the payload is not JSON',
      attempts: 0,
      received_at: '2024-02-29T12:00:00.005Z',
      settled_at: '2024-02-29T12:00:01.505Z',
      topic: 's2u/cv12345/int1-open',
      qos: 1,
      retain: false,
      dup: false,
      payload: 'now',
      key: '130341842820',
      receipt: { boot: 'this boot', uptime_ms: 7 },
    });
  });

  it('holds the name if it was decoded, and the expiry if there was one', () => {
    const publish = publishOf(1, { text: '', expiresInMs: 5_000 });
    const message = {
      name: 'int1-open',
      integration: 'int1',
      message: 'open',
      body: { text: '' },
      publish,
      lifetimeMs: 5_000,
    };
    expect(parsed(deadLetterLine(letter({ publish, message }), receiptAt(7)))).to.include({
      name: 'int1-open',
      expires_in_ms: 5_000,
    });
  });

  it('holds bytes that are not UTF-8 in base64, without loss', () => {
    const bytes = Buffer.from([0xff, 0, 0xfe]);
    const line = parsed(
      deadLetterLine(letter({ publish: publishOf(1, { payload: { bytes } }) }), receiptAt(7)),
    );
    expect(line).to.include({ payload_b64: bytes.toString('base64') });
    expect(line).to.not.have.property('payload');
  });

  it('is one line from which any message can be restored', () => {
    const anyMessage = fc.record({
      topic: fc.string({ unit: 'binary' }),
      payload: fc.oneof(
        fc.uint8Array(),
        fc.string({ unit: 'binary' }).map((text) => Uint8Array.from(Buffer.from(text))),
      ),
      qos: fc.constantFrom(0 as const, 1 as const),
      retain: fc.boolean(),
      dup: fc.boolean(),
    });
    fc.assert(
      fc.property(anyMessage, fc.string({ unit: 'binary' }), (message, detail) => {
        // A part of a larger buffer, as it comes from the wire.
        const wire = Buffer.concat([Buffer.from('before'), message.payload, Buffer.from('after')]);
        const payload = payloadOf(wire.subarray(6, 6 + message.payload.length));
        const line = deadLetterLine(
          letter({ publish: publishOf(1, { ...message, payload }), detail }),
          receiptAt(7),
        );
        expect(line).to.not.match(/[\r\n]/);
        const { payload: text, payload_b64, ...more } = JSON.parse(line);
        const bytes = text === undefined ? Buffer.from(payload_b64, 'base64') : Buffer.from(text);
        expect(bytes.equals(message.payload)).to.equal(true);
        const { topic, qos, retain, dup } = message;
        expect(more).to.include({ topic, qos, retain, dup, detail });
      }),
    );
  });

  describe('with a bound', () => {
    const texts = fc
      .tuple(fc.constantFrom('a', '\u0000', '"', 'ü', '\u2028'), fc.nat(1_048_576))
      .map(([unit, length]) => unit.repeat(length));
    const bytes = fc.nat(1_048_576).map((length) => Buffer.alloc(length, 0xff));
    const anyLarge = fc.record({
      payload: fc.oneof(
        texts.map((text) => ({ text })),
        bytes.map((each) => ({ bytes: each })),
      ),
      topic: fc.constantFrom('s2u/cv12345/int1-open', '\u0001'.repeat(65_535)),
      name: fc.constantFrom('int1-open', `int1-${'\u0001'.repeat(1_000_000)}`),
      maxBytes: fc.constantFrom(65_536, 1_048_576, 4_194_304),
    });

    it('never exceeds it, whatever the message', () => {
      fc.assert(
        fc.property(anyLarge, ({ payload, topic, name, maxBytes }) => {
          const publish = publishOf(1, { topic, payload });
          const message = { name, integration: 'int1', message: '', body: payload, publish, lifetimeMs: 1 };
          const line = deadLetterLine(letter({ publish, message, detail: name }), receiptAt(7), maxBytes);
          expect(Buffer.byteLength(line)).to.be.below(maxBytes);
        }),
        { numRuns: 60 },
      );
    });

    it('keeps all of 1 MiB by default, even if each character is escaped', () => {
      const text = '\u0001'.repeat(1_048_576);
      const line = deadLetterLine(
        letter({ publish: publishOf(1, { payload: { text } }) }),
        receiptAt(7),
        4_194_304,
      );
      expect(parsed(line)).to.include({ payload_b64: Buffer.from(text).toString('base64') });
      expect(parsed(line)).to.not.have.property('payload_sha256');
    });

    it('keeps the beginning of a payload that does not fit, with its length and hash', () => {
      const text = 'x'.repeat(70_000);
      const line = parsed(
        deadLetterLine(letter({ publish: publishOf(1, { payload: { text } }) }), receiptAt(7), 65_536),
      );
      expect(line).to.include({
        payload: text.slice(0, 4_096),
        payload_bytes: 70_000,
        payload_sha256: createHash('sha256').update(text).digest('hex'),
      });
    });
  });
});
