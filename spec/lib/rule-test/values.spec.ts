import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import { parsePublish } from '../../../lib/rule-test/publish-value.js';
import { parseSet } from '../../../lib/rule-test/set-value.js';
import { leftOf, rightOf } from '../../support/either.js';

const filters = ['s2u/cv1/#', 's2u/cv2/+/x'];
const plain = { topic: 's2u/cv1/command', qos: 1, retain: false, dup: false };

describe('the value of a message', () => {
  for (const [text, sent] of [
    ['int1-open', { payload: { text: '{"function":"int1-open"}' } }],
    ['int1-open {"timeout": 5}', { payload: { text: '{"function":"int1-open","timeout":5}' } }],
    ['', { payload: { text: '' } }],
    ['{"function": 1', { payload: { text: '{"function": 1' } }],
    ['text a  b {', { payload: { text: 'a  b {' } }],
    ['base64 aGk=', { payload: { text: 'hi' } }],
    ['base64 /w==', { payload: { bytes: Buffer.from([0xff]) } }],
    ['base64', { payload: { text: '' } }],
    [
      'qos 0 retain dup expires 1m30s',
      { payload: { text: '' }, qos: 0, retain: true, dup: true, expiresInMs: 90_000 },
    ],
    ['topic s2u/cv2/a/x  qos  1  text qos 0', { topic: 's2u/cv2/a/x', payload: { text: 'qos 0' } }],
  ] as const) {
    it(`"${text}" is valid`, () => {
      expect(parsePublish(text, filters)).to.deep.equal(E.right({ ...plain, ...sent }));
    });
  }

  for (const [text, what] of [
    ['qos 2 int1-open', 'qos must be 0 or 1, as cvmqtt subscribes with 1'],
    ['qos', 'qos must be 0 or 1, as cvmqtt subscribes with 1'],
    ['topc s2u/cv1/a', '"topc" is neither a single name nor a keyword (did you mean topic?)'],
    [
      'open the door',
      '"open" is neither a single name nor a keyword (write "text" before a payload with spaces)',
    ],
    [
      'topic s2u/cv3/a',
      'the broker does not deliver the topic "s2u/cv3/a": it matches none of s2u/cv1/# s2u/cv2/+/x',
    ],
    ['expires soon', '"soon" is not a duration such as 500ms, 90s or 1h30m'],
    ['base64 a', 'what follows base64 is not base64'],
    ['int1-open {"a"', 'what follows the name is not JSON'],
    ['int1-open {"a": 1} x', 'what follows the name is not JSON'],
  ] as const) {
    it(`refuses "${text}": ${what}`, () => {
      expect(leftOf(parsePublish(text, filters))).to.equal(what);
    });
  }

  it('uses a topic that the first filter matches', () => {
    for (const [filter, topic] of [
      ['a/+/b/#', 'a/command/b/command'],
      ['#', 'command'],
      ['a/b', 'a/b'],
    ] as const) {
      expect(rightOf(parsePublish('x-y', [filter])).topic).to.equal(topic);
    }
  });
});

describe('the value of a set', () => {
  for (const [text, set] of [
    ['', []],
    ['int1', [{ name: 'int1' }]],
    [
      'int1, vg:upgrader@10.0.0.2:6002,int3@[::1]:1',
      [
        { name: 'int1' },
        { name: 'vg:upgrader', address: { host: '10.0.0.2', port: 6002 } },
        { name: 'int3', address: { host: '::1', port: 1 } },
      ],
    ],
    ['int1@10.0.0.2:6002, int1', [{ name: 'int1' }]],
    ['[{"name": "int1"}]', [{ name: 'int1' }]],
  ] as const) {
    it(`"${text}" is valid`, () => {
      expect([...rightOf(parseSet(text)).values()]).to.deep.equal(set);
    });
  }

  for (const text of [
    'int1,',
    'int1 int2',
    '@h:1',
    'int1@h',
    'int1@h:0',
    'int1@h:65536',
    'int1@a b:1',
    '[1]',
    '[',
  ]) {
    it(`refuses "${text}"`, () => {
      expect(E.isLeft(parseSet(text))).to.equal(true);
    });
  }
});
