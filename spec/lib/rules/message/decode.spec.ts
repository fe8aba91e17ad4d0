import { assert } from 'chai';
import fc from 'fast-check';
import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import { type DecodeRules, decode, type NameFrom } from '../../../../lib/rules/message/decode.js';
import { joinName } from '../../../../lib/rules/message/name.js';
import { byteLength, type Payload } from '../../../../lib/rules/message/payload.js';
import { topicFilter } from '../../../../lib/rules/message/topic-filter.js';
import { publish as anyPublish, payload, topic } from '../../../support/arbitraries.js';
import { publishOf, type Sent } from '../../../support/shorthand.js';

const rules = (nameFrom: NameFrom = 'auto'): DecodeRules => ({
  nameFrom,
  filters: [topicFilter('s2u/cv12345/#')],
});

/** The name and the body that a publish gives, or the reason. */
const decoded = (sent: Sent, nameFrom?: NameFrom): unknown =>
  pipe(
    decode(rules(nameFrom))(publishOf(1, sent)),
    E.matchW(
      ({ reason }) => reason,
      ({ name, body }) => [name, 'text' in body ? body.text : [...body.bytes]],
    ),
  );

describe('decode', () => {
  it('takes an envelope by its own name, whatever its topic', () => {
    assert.deepEqual(decoded({ name: 'x-y', json: { function: 'int1-a', body: 'b' } }), ['int1-a', 'b']);
    assert.deepEqual(decoded({ topic: 's2u/cv12345', json: { function: 'int1-a' } }), ['int1-a', '']);
  });

  it('does not parse a payload that is too large to be delivered', () => {
    const largest = (text: string): string => text.padEnd(262_144);
    assert.deepEqual(decoded({ text: largest('{"function":"int1-a","body":"b"}') }), ['int1-a', 'b']);
    for (const sent of [
      { text: `${largest('{"function":"int1-a","body":"b"}')} ` },
      { text: `{"function":"int1-a","body":${'['.repeat(131_072)}${']'.repeat(131_072)}}` },
      { text: 'ü'.repeat(131_073), name: 'int1-a' },
      { payload: { bytes: new Uint8Array(262_145).fill(0xff) }, name: 'int1-a' },
    ])
      assert.equal(decoded(sent), 'too-large');
  });

  it('takes anything else by the name in its topic, with the payload as the body', () => {
    assert.deepEqual(decoded({ name: 'int1-a', text: 'open' }), ['int1-a', 'open']);
    assert.deepEqual(decoded({ name: 'int1-a', json: { fn: 'x-y' } }), ['int1-a', '{"fn":"x-y"}']);
    assert.deepEqual(decoded({ name: 'int1-a', payload: { bytes: Uint8Array.of(0xff, 1) } }), [
      'int1-a',
      [0xff, 1],
    ]);
  });

  it('takes the name from where name_from says', () => {
    const envelope = { name: 'int1-topic', json: { function: 'int1-payload' } };
    assert.deepEqual(decoded(envelope, 'auto'), ['int1-payload', '']);
    assert.deepEqual(decoded(envelope, 'payload'), ['int1-payload', '']);
    assert.deepEqual(decoded(envelope, 'topic'), ['int1-topic', '{"function":"int1-payload"}']);
    assert.deepEqual(decoded({ name: 'int1-topic', text: 'x' }, 'payload'), 'undecodable');
    assert.deepEqual(
      decoded({ name: 'int1-topic', payload: { bytes: Uint8Array.of(0xff) } }, 'payload'),
      'undecodable',
    );
  });

  it('is undecodable without a name, or with a broken envelope', () => {
    assert.equal(decoded({ topic: 's2u/cv12345' }), 'undecodable');
    assert.equal(decoded({ name: 'int1-a', json: { function: 'int1-a', timeout: 'x' } }), 'undecodable');
  });

  it('is malformed-name if the name does not split', () => {
    for (const name of ['', 'int1', '-a', 'int1-']) {
      assert.equal(decoded({ name }), 'malformed-name', name);
      assert.equal(decoded({ name: 'int1-a', json: { function: name } }), 'malformed-name', name);
    }
  });

  it('lives for the shorter of the envelope’s timeout and MQTT’s expiry', () => {
    const lifetime = (timeout: number | null, expiry: Partial<{ expiresInMs: number }>): unknown =>
      pipe(
        decode(rules())(publishOf(1, { json: { function: 'int1-a', timeout }, ...expiry })),
        E.matchW(
          ({ reason }) => reason,
          (message) => message.lifetimeMs,
        ),
      );
    assert.equal(lifetime(100, {}), 100);
    assert.equal(lifetime(null, { expiresInMs: 200 }), 200);
    assert.equal(lifetime(100, { expiresInMs: 200 }), 100);
    assert.equal(lifetime(200, { expiresInMs: 100 }), 100);
    assert.equal(lifetime(0, { expiresInMs: 100 }), 0);
    assert.equal(lifetime(null, {}), Number.POSITIVE_INFINITY);
  });

  it('uses MQTT’s expiry if there is no envelope', () => {
    const lifetimes = [{ name: 'int1-a' }, { name: 'int1-a', expiresInMs: 200 }].map((sent) =>
      pipe(
        decode(rules())(publishOf(1, sent)),
        E.matchW(
          ({ reason }) => reason,
          (message) => message.lifetimeMs,
        ),
      ),
    );
    assert.deepEqual(lifetimes, [Number.POSITIVE_INFINITY, 200]);
  });

  it('is undecodable if the payload is empty, as that only clears a retained message', () => {
    assert.equal(decoded({ name: 'int1-a', text: '' }), 'undecodable');
    assert.equal(decoded({ name: 'int1-a', text: '', retain: true }), 'undecodable');
  });

  it('is unsubscribed on a topic that no filter of the login matches, envelope or not', () => {
    assert.equal(decoded({ topic: 's2u/cv1/int1-a' }), 'unsubscribed');
    assert.equal(decoded({ topic: 's2u/other/command', json: { function: 'int1-a' } }), 'unsubscribed');
  });

  it('accepts any topic if the filters are only a guess', () => {
    const guess = { ...rules('auto'), filtersAreGuessed: true };
    const publish = publishOf(1, { topic: 's2u/other/command', json: { function: 'int1-a' } });
    assert.isTrue(E.isRight(decode(guess)(publish)));
  });

  it('never throws, whatever the bytes: gives a valid name, or one of three reasons', () => {
    fc.assert(
      fc.property(anyPublish, fc.constantFrom<NameFrom>('auto', 'payload', 'topic'), (publish, nameFrom) => {
        const message = decode(rules(nameFrom))(publish);
        if (E.isLeft(message))
          assert.include(['unsubscribed', 'undecodable', 'malformed-name'], message.left.reason);
        else {
          assert.equal(joinName(message.right), message.right.name);
          assert.notInclude(message.right.integration, '-');
          assert.isAtLeast(message.right.lifetimeMs, 0);
          assert.strictEqual(message.right.publish, publish);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('never reads a name from the payload if name_from is topic', () => {
    fc.assert(
      fc.property(topic, payload, payload, (at, one, other) => {
        fc.pre(byteLength(one) > 0 && byteLength(other) > 0);
        const nameOf = (each: Payload): unknown =>
          pipe(
            decode(rules('topic'))(publishOf(1, { topic: at, payload: each })),
            E.matchW(
              ({ reason }) => reason,
              ({ name }) => ({ name }),
            ),
          );
        assert.deepEqual(nameOf(one), nameOf(other));
      }),
    );
  });
});
