import { expect } from 'chai';
import fc from 'fast-check';
import * as E from 'fp-ts/lib/Either.js';
import { defaultSettings, parseSettings, settingsProblems } from '../../../lib/config/settings.js';
import { leftOf, rightOf } from '../../support/either.js';

const parse = (settings: unknown) => parseSettings(JSON.stringify(settings));

describe('parseSettings', () => {
  it('gives the defaults for an empty object', () => {
    expect(rightOf(parse({}))).to.deep.equal(defaultSettings);
  });

  it('reads settings with comments and trailing commas', () => {
    const text =
      '{ // slow apps\n "hold_unregistered_ms": 60000,\n "reserved_integrations": ["vg:upgrader"], }';
    expect(rightOf(parseSettings(text))).to.deep.equal({
      ...defaultSettings,
      hold_unregistered_ms: 60_000,
      reserved_integrations: ['vg:upgrader'],
    });
  });

  it('accepts its own defaults', () => {
    expect(rightOf(parse(defaultSettings))).to.deep.equal(defaultSettings);
  });

  const bounds: readonly [keyof typeof defaultSettings, number, number][] = [
    ['hold_unregistered_ms', 0, 3_600_000],
    ['hold_max_messages', 0, 65_535],
    ['keepalive_s', 2, 65_535],
    ['session_expiry_s', 60, 0xffffffff],
    ['window_messages', 1, 65_535],
    ['window_bytes', 65_536, 268_435_456],
    ['calls_in_flight', 1, 1_000],
    ['call_deadline_ms', 100, 600_000],
    ['retry_max_ms', 100, 600_000],
    ['give_up_after_ms', 1_000, 86_400_000],
    ['patience_ms', 100, 600_000],
    ['spool_max_bytes', 0, 1_073_741_824],
    ['spool_max_age_s', 1, 31_536_000],
    ['shutdown_grace_ms', 0, 600_000],
    ['dead_letter_max_bytes', 65_536, 1_073_741_824],
    ['recorder_max_bytes', 0, 268_435_456],
  ];
  for (const [field, min, max] of bounds) {
    it(`accepts whole numbers from ${min} to ${max} for ${field}`, () => {
      for (const value of [min, max])
        expect(rightOf(parse({ [field]: value }))).to.have.property(field, value);
      const expected = `field ${field}: expected a whole number from ${min} to ${max}, found a`;
      for (const value of [min - 1, max + 1, min + 0.5]) {
        expect(leftOf(parse({ [field]: value }))).to.equal(`${expected} number`);
      }
      expect(leftOf(parse({ [field]: `${min}` }))).to.equal(`${expected} string`);
    });
  }

  it('is tested for every numeric setting', () => {
    const numbers = Object.entries(defaultSettings).filter(([, value]) => typeof value === 'number');
    expect(bounds.map(([field]) => field)).to.have.members(numbers.map(([field]) => field));
  });

  const choices: readonly [keyof typeof defaultSettings, readonly string[], string][] = [
    ['name_from', ['auto', 'payload', 'topic'], 'auto, payload or topic'],
    ['mqtt_version', ['auto', '5', '3.1.1'], '"auto", "5" or "3.1.1"'],
    ['receipts', ['off', 'asked', 'all'], '"off", "asked" or "all"'],
  ];
  for (const [field, values, words] of choices) {
    it(`accepts ${words} for ${field}`, () => {
      for (const value of values) expect(rightOf(parse({ [field]: value }))).to.have.property(field, value);
      for (const value of ['', 'Auto', 'toString', 5]) {
        expect(leftOf(parse({ [field]: value }))).to.equal(
          `field ${field}: expected ${words}, found a ${typeof value}`,
        );
      }
    });
  }

  it('accepts a shared group that MQTT allows, and none', () => {
    for (const group of ['', 'fleet', 'a b', 'é', '$share', 'x'.repeat(128)])
      expect(rightOf(parse({ shared_group: group }))).to.have.property('shared_group', group);
    for (const group of [
      'a/b',
      '/',
      '+',
      'a+',
      '#',
      'a\0',
      'a\n',
      '\ud800',
      '\uffff',
      'x'.repeat(129),
      5,
      null,
    ])
      expect(leftOf(parse({ shared_group: group }))).to.match(
        /^field shared_group: expected a name of at most 128 characters without \/, \+ or #, found/,
      );
  });

  it('accepts topics that can be published to, and none', () => {
    for (const topic of ['', 'u2s/a/health', `u2s/\${username}/health`, 'x'.repeat(512)])
      expect(rightOf(parse({ health_topic: topic }))).to.have.property('health_topic', topic);
    for (const topic of ['a/+', '#', 'a\0', 'a\n', '\ud800', 'x'.repeat(513), 'é'.repeat(257), 5, null])
      expect(leftOf(parse({ receipt_topic: topic }))).to.match(
        /^field receipt_topic: expected a topic of at most 512 bytes without \+ or #, found/,
      );
  });

  describe('refuses', () => {
    const wrong: readonly [unknown, string][] = [
      [[], 'expected an object, found an array'],
      [
        { reserved_integrations: 'vg:upgrader' },
        'field reserved_integrations: expected an array of names, found a string',
      ],
      [
        { reserved_integrations: ['vg:upgrader', 1] },
        'field reserved_integrations.1: expected string, found a number',
      ],
      [
        { hold_unregistered_ms: null },
        'field hold_unregistered_ms: expected a whole number from 0 to 3600000, found null',
      ],
      [
        { hold_unregistered: 5 },
        'has the unknown field hold_unregistered (did you mean hold_unregistered_ms?)',
      ],
      [{ toString: 5 }, 'has the unknown field toString'],
    ];
    for (const [settings, detail] of wrong) {
      it(JSON.stringify(settings), () => {
        expect(leftOf(parse(settings))).to.equal(detail);
      });
    }

    for (const key of ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty']) {
      it(`${key}, whatever its value`, () => {
        for (const value of [5, {}, { keepalive_s: 9 }, null])
          expect(leftOf(parseSettings(`{"${key}": ${JSON.stringify(value)}}`))).to.equal(
            `has the unknown field ${key}`,
          );
      });
    }

    for (const number of ['1e999', '-1e999', '1e300', '-1', '60.5', '"60"', '"NaN"', 'true', '[60]']) {
      it(`the number ${number}, and names the field`, () => {
        expect(leftOf(parseSettings(`{"keepalive_s": ${number}}`))).to.match(
          /^field keepalive_s: expected a whole number/,
        );
      });
    }

    it('invalid JSON, and names the line', () => {
      expect(leftOf(parseSettings('{\n"keepalive_s": 60\n"window_bytes": 1}'))).to.equal(
        'is not JSON, line 3',
      );
    });
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.json()), (text) => {
        parseSettings(text);
      }),
    );
  });
});

describe('settingsProblems', () => {
  it('has none for exactly the texts that parseSettings takes', () => {
    const key = fc.oneof(fc.constantFrom(...Object.keys(defaultSettings)), fc.string());
    const value = fc.oneof(fc.jsonValue(), fc.nat(100_000), fc.constantFrom('auto', '5', 'http2'));
    const text = fc.oneof(fc.dictionary(key, value), fc.jsonValue()).map((json) => JSON.stringify(json));
    fc.assert(
      fc.property(text, (each) => {
        expect(settingsProblems(each).length === 0).to.equal(E.isRight(parseSettings(each)));
      }),
    );
  });
});
