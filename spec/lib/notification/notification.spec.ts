import { assert } from 'chai';
import fc from 'fast-check';
import * as E from 'fp-ts/lib/Either.js';
import type { Message } from '../../../lib/message/decode.js';
import type { Body } from '../../../lib/message/envelope.js';
import { maxPacketBytes, notificationOf } from '../../../lib/notification/notification.js';
import { anyText } from '../../support/arbitraries.js';
import { publishOf } from '../../support/shorthand.js';

const message = (body: Body, message = 'get-settings', topic = 's2u/cv12345/int1-get-settings'): Message => ({
  name: `int1-${message}`,
  integration: 'int1',
  message,
  body,
  publish: publishOf(1, { topic, receivedAt: Date.UTC(2024, 1, 29, 12, 30, 0, 7) }),
});

const packet = (body: Body, rest?: string, topic?: string): string =>
  JSON.stringify({
    type: `int1-${rest ?? 'get-settings'}`,
    vals: [
      { k: 'integration', v: 'int1' },
      { k: 'message', v: rest ?? 'get-settings' },
      'text' in body
        ? { k: 'body', v: body.text }
        : { k: 'body_base64', v: Buffer.from(body.bytes).toString('base64') },
      { k: 'topic', v: topic ?? 's2u/cv12345/int1-get-settings' },
      { k: 'dt', v: '2024-02-29T12:30:00.007Z' },
    ],
  });

describe('notificationOf', () => {
  it('is of the full name as its type, and has the parts as values', () => {
    assert.deepEqual(
      notificationOf(message({ text: 'now' })),
      E.right({
        type: 'int1-get-settings',
        vals: [
          { k: 'integration', v: 'int1' },
          { k: 'message', v: 'get-settings' },
          { k: 'body', v: 'now' },
          { k: 'topic', v: 's2u/cv12345/int1-get-settings' },
          { k: 'dt', v: '2024-02-29T12:30:00.007Z' },
        ],
      }),
    );
  });

  it('has body_base64 in place of body where that is no text', () => {
    const notification = notificationOf(message({ bytes: Uint8Array.of(0xff, 0, 1) }));
    assert.isTrue(E.isRight(notification));
    if (E.isRight(notification)) {
      assert.deepEqual(notification.right.vals[2], { k: 'body_base64', v: '/wAB' });
      assert.notInclude(
        notification.right.vals.map(({ k }) => k),
        'body',
      );
    }
  });

  it('may fill an app’s buffer to the last byte, and no more', () => {
    const room = maxPacketBytes - Buffer.byteLength(packet({ text: '' }));
    assert.isTrue(E.isRight(notificationOf(message({ text: 'x'.repeat(room) }))));
    assert.deepEqual(
      notificationOf(message({ text: 'x'.repeat(room + 1) })),
      E.left({ reason: 'too-large', detail: 'its notification has 32769 bytes, more than 32768' }),
    );
  });

  it('measures bytes of JSON, not characters', () => {
    const some = Math.floor(maxPacketBytes / 6);
    assert.isTrue(E.isLeft(notificationOf(message({ text: '\0'.repeat(some) }))));
    assert.isTrue(E.isLeft(notificationOf(message({ text: '€'.repeat(some * 2) }))));
    assert.isTrue(E.isLeft(notificationOf(message({ text: '"'.repeat(some * 3) }))));
    assert.isTrue(E.isRight(notificationOf(message({ text: 'x'.repeat(some * 3) }))));
    assert.isTrue(E.isLeft(notificationOf(message({ bytes: new Uint8Array(some * 5) }))));
  });

  it('is too large if and only if its packet is, whatever is in it', () => {
    const long = fc
      .tuple(anyText, fc.nat(6000))
      .map(([text, times]) => `${text}x`.repeat(times % 200).padEnd(times));
    const body = fc.oneof(
      long.map((text) => ({ text })),
      fc.nat(30_000).map((length) => ({ bytes: new Uint8Array(length) })),
    );
    fc.assert(
      fc.property(body, fc.oneof(anyText, long), fc.oneof(anyText, long), (each, rest, topic) => {
        const fits = Buffer.byteLength(packet(each, rest, topic)) <= maxPacketBytes;
        assert.equal(E.isRight(notificationOf(message(each, rest, topic))), fits);
      }),
    );
  });
});
