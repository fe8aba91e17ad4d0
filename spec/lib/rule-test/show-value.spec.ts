import { expect } from 'chai';
import fc from 'fast-check';
import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import { parsePublish, type Sent } from '../../../lib/rule-test/publish-value.js';
import { parseSet } from '../../../lib/rule-test/set-value.js';
import { showPublish, showSet } from '../../../lib/rule-test/show-value.js';
import { payloadOf } from '../../../lib/rules/message/payload.js';
import { parseIntegrations } from '../../../lib/rules/routing/integrations.js';
import { leftOf, rightOf } from '../../support/either.js';

const filters = ['s2u/cv1/#'];
const plain = { topic: 's2u/cv1/command', qos: 1, retain: false, dup: false } as const;

describe('showPublish', () => {
  for (const [payload, value] of [
    ['{"function":"int1-open"}', 'int1-open'],
    ['{"function":"int1-open","timeout":5}', 'int1-open {"timeout":5}'],
    ['{"function":"retain"}', '{"function":"retain"}'],
    ['{"function": 1', '{"function": 1'],
    ['hello there', 'text hello there'],
    ['two\nlines', 'base64 dHdvCmxpbmVz'],
    ['ends with a blank ', 'base64 ZW5kcyB3aXRoIGEgYmxhbmsg'],
    ['', ''],
  ] as const) {
    it(`shows ${JSON.stringify(payload)} as "${value}"`, () => {
      expect(showPublish({ ...plain, payload: { text: payload } }, filters)).to.deep.equal(E.right(value));
    });
  }

  it('is read as the same message, whatever it is, or says why it can’t be written', () => {
    const sents: fc.Arbitrary<Sent> = fc
      .record({
        topic: fc.constantFrom('s2u/cv1/command', 's2u/cv1/a b', 's2u/cv1/int1-open', 's2u/cv2/x'),
        qos: fc.constantFrom<0 | 1 | 2>(0, 1, 2),
        retain: fc.boolean(),
        dup: fc.boolean(),
        payload: fc.oneof(
          fc.uint8Array({ maxLength: 20 }).map(payloadOf),
          fc.string({ unit: 'binary', maxLength: 20 }).map((text) => ({ text: text.toWellFormed() })),
          fc
            .constantFrom('a-b', 'text', 'topic', '{', 'base64 x')
            .map((name) => ({ text: `{"function":"${name}"}` })),
        ),
        expiresInMs: fc.option(fc.integer({ min: 0, max: 4_000_000_000 }), { nil: undefined }),
      })
      .map(({ expiresInMs, ...sent }) => (expiresInMs === undefined ? sent : { ...sent, expiresInMs }));
    fc.assert(
      fc.property(sents, (sent) => {
        const shown = showPublish(sent, filters);
        if (E.isLeft(shown)) {
          expect(sent.qos === 2 || sent.topic.includes(' ') || sent.topic.includes('cv2')).to.equal(true);
          return;
        }
        const read = rightOf(parsePublish(shown.right, filters));
        const bytes = ({ payload }: Sent) => ('text' in payload ? payload.text : [...payload.bytes]);
        expect({ ...read, payload: bytes(read) }).to.deep.equal({ ...sent, payload: bytes(sent) });
      }),
    );
  });

  it('refuses what is too long to be read by people, or was not recorded in full', () => {
    const text = { ...plain, payload: { text: 'x'.repeat(2_000) } };
    expect(leftOf(showPublish(text, filters))).to.equal('its value would be longer than 1000 characters');
    const part = { ...text, oversized: { bytes: 9, sha256: '' } };
    expect(leftOf(showPublish(part, filters))).to.equal('only the beginning of its payload was recorded');
  });
});

describe('showSet', () => {
  it('is read as the same set', () => {
    const names = fc.oneof(fc.string({ minLength: 1 }), fc.constantFrom('int1', 'vg:upgrader', 'a,b', '[x'));
    const hosts = fc.constantFrom(undefined, '10.0.0.2', '::1', 'host.example');
    const registrations = fc.array(fc.tuple(names, hosts), { maxLength: 4 });
    fc.assert(
      fc.property(registrations, (all) => {
        const json = all.map(([name, host]) => ({
          name,
          ...(host && { integration: { host, port: 6001 } }),
        }));
        const set = rightOf(parseIntegrations(JSON.stringify(json)));
        expect(pipe(showSet(set), parseSet)).to.deep.equal(E.right(set));
      }),
    );
  });
});
