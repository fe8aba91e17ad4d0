import { assert } from 'chai';
import fc from 'fast-check';
import type { Message } from '../../../../lib/rules/message/decode.js';
import type { Payload } from '../../../../lib/rules/message/payload.js';
import { maxPacketBytes, notificationOf, tooLarge } from '../../../../lib/rules/notification/notification.js';
import { anyText, payload } from '../../../support/arbitraries.js';
import { publishOf } from '../../../support/shorthand.js';

const message = (
  body: Payload,
  message = 'get-settings',
  topic = 's2u/cv12345/int1-get-settings',
  integration = 'int1',
): Message => ({
  name: `${integration}-${message}`,
  integration,
  message,
  body,
  publish: publishOf(1, { topic, receivedAt: Date.UTC(2024, 1, 29, 12, 30, 0, 7) }),
  lifetimeMs: Number.POSITIVE_INFINITY,
});

const packet = (body: Payload, rest?: string, topic?: string, integration = 'int1'): string =>
  JSON.stringify({
    type: `${integration}-${rest ?? 'get-settings'}`,
    vals: [
      { k: 'integration', v: integration },
      { k: 'message', v: rest ?? 'get-settings' },
      'text' in body
        ? { k: 'body', v: body.text }
        : { k: 'body_base64', v: Buffer.from(body.bytes).toString('base64') },
      { k: 'topic', v: topic ?? 's2u/cv12345/int1-get-settings' },
      { k: 'dt', v: '2024-02-29T12:30:00.007Z' },
    ],
  });

describe('notificationOf', () => {
  it('has the full name as its type, and the parts as values', () => {
    assert.deepEqual(notificationOf(message({ text: 'now' })), {
      type: 'int1-get-settings',
      vals: [
        { k: 'integration', v: 'int1' },
        { k: 'message', v: 'get-settings' },
        { k: 'body', v: 'now' },
        { k: 'topic', v: 's2u/cv12345/int1-get-settings' },
        { k: 'dt', v: '2024-02-29T12:30:00.007Z' },
      ],
    });
  });

  it('has body_base64 instead of body if the body is not text', () => {
    const { vals } = notificationOf(message({ bytes: Uint8Array.of(0xff, 0, 1) }));
    assert.deepEqual(vals[2], { k: 'body_base64', v: '/wAB' });
    assert.notInclude(
      vals.map(({ k }) => k),
      'body',
    );
  });

  it('is the packet whose size tooLarge computes, whatever it contains', () => {
    fc.assert(
      fc.property(payload, anyText, anyText, (body, rest, topic) =>
        assert.equal(JSON.stringify(notificationOf(message(body, rest, topic))), packet(body, rest, topic)),
      ),
    );
  });
});

describe('tooLarge', () => {
  it('is undefined up to the last byte of an app’s buffer, and not beyond', () => {
    const room = maxPacketBytes - Buffer.byteLength(packet({ text: '' }));
    assert.isUndefined(tooLarge(message({ text: 'x'.repeat(room) })));
    assert.deepEqual(tooLarge(message({ text: 'x'.repeat(room + 1) })), {
      reason: 'too-large',
      detail: 'its notification has 32769 bytes, more than 32768',
    });
  });

  it('measures bytes of JSON, not characters', () => {
    const some = Math.floor(maxPacketBytes / 6);
    assert.isDefined(tooLarge(message({ text: '\0'.repeat(some) })));
    assert.isDefined(tooLarge(message({ text: '€'.repeat(some * 2) })));
    assert.isDefined(tooLarge(message({ text: '"'.repeat(some * 3) })));
    assert.isUndefined(tooLarge(message({ text: 'x'.repeat(some * 3) })));
    assert.isDefined(tooLarge(message({ bytes: new Uint8Array(some * 5) })));
  });

  const assertAsMeasured = (body: Payload, rest: string, topic: string, integration?: string): void =>
    assert.equal(
      tooLarge(message(body, rest, topic, integration)) === undefined,
      Buffer.byteLength(packet(body, rest, topic, integration)) <= maxPacketBytes,
    );

  it('agrees with the size of the packet, whatever it contains', () => {
    const long = fc
      .tuple(anyText, fc.nat(6000))
      .map(([text, times]) => `${text}x`.repeat(times % 200).padEnd(times));
    const body = fc.oneof(
      long.map((text) => ({ text })),
      fc.nat(30_000).map((length) => ({ bytes: new Uint8Array(length) })),
    );
    const part = fc.oneof(anyText, long);
    fc.assert(fc.property(body, part, part, (each, rest, topic) => assertAsMeasured(each, rest, topic)));
  });

  it('agrees with the size of the packet a few bytes below and above the limit, in any part', () => {
    // Characters that take 1, 2 and 6 bytes in JSON escapes, and 2 to 4 in UTF-8.
    const filler = fc.constantFrom('x', '"', '\0', '\ud800', 'é', '€', '😀');
    const place = fc.constantFrom('body', 'integration', 'rest', 'topic');
    fc.assert(
      fc.property(filler, place, anyText, fc.nat(20), (unit, where, start, more) => {
        const filled = (times: number): readonly [string, string, string, string] => {
          const fill = unit.repeat(times);
          return [
            start + (where === 'body' ? fill : ''),
            `open${where === 'rest' ? fill : ''}`,
            `s2u/${where === 'topic' ? fill : ''}`,
            `int1${where === 'integration' ? fill : ''}`,
          ];
        };
        const sizeOf = ([text, ...others]: readonly [string, string, string, string]): number =>
          Buffer.byteLength(packet({ text }, ...others));
        const room = maxPacketBytes - sizeOf(filled(1));
        const [text, ...others] = filled(1 + Math.floor(room / (sizeOf(filled(2)) - sizeOf(filled(1)))));
        assertAsMeasured({ text: `${text}${'x'.repeat(more)}` }, ...others);
      }),
      { numRuns: 300 },
    );
  });

  it('agrees with the size of the packet for bytes near the limit', () => {
    const room = ((maxPacketBytes - packet({ bytes: new Uint8Array() }, '', '').length) / 4) * 3;
    for (let length = Math.floor(room) - 5; length < room + 5; length += 1) {
      assertAsMeasured({ bytes: new Uint8Array(length).fill(0xff) }, '', '');
    }
  });
});
