import { expect } from 'chai';
import fc from 'fast-check';
import * as E from 'fp-ts/lib/Either.js';
import { lineReader, ndjson } from '../../../lib/capture/ndjson.js';
import { PublishLine } from '../../../lib/capture/publish-line.js';
import type { CaptureRecord } from '../../../lib/capture/record.js';
import { bytesOf } from '../../../lib/rules/message/payload.js';
import { allOf, collected, inPieces } from '../../support/captures.js';

const startedAt = Date.parse('2026-11-23T08:00:00Z');
const header = { cvmqtt_capture: 1, started_at_ms: startedAt, filters: ['s2u/cv12345/#'] };
const ours = { topic: 's2u/cv12345/command', qos: 1, retain: false, offset_ms: 5, payload: 'x' };
const theirs = {
  tst: '2026-11-23T09:00:00.250000Z+0100',
  topic: 't',
  qos: 0,
  retain: 0,
  payloadlen: 1,
  payload: 'x',
};

const read = (...lines: readonly unknown[]): readonly CaptureRecord[] => {
  const recordOf = lineReader();
  return lines
    .map((line) => recordOf(typeof line === 'string' ? line : JSON.stringify(line)))
    .filter((record) => record !== undefined);
};

const details = (...lines: readonly unknown[]) =>
  read(...lines).map((record) =>
    record.kind === 'broken' ? `${record.line}: ${record.detail}` : record.kind,
  );

const payloads = (records: readonly CaptureRecord[]) =>
  records.map((record) =>
    record.kind === 'publish' ? Buffer.from(bytesOf(record.publish.payload)).toString('latin1') : record.kind,
  );

const offsets = (records: readonly CaptureRecord[]) =>
  records.map((record) => ('offsetMs' in record ? record.offsetMs : record.kind));

const receivedAt = (record: CaptureRecord | undefined) =>
  record?.kind === 'publish' ? new Date(record.publish.receivedAt).toISOString() : record?.kind;

describe('a line of a capture', () => {
  const wrong: readonly [fields: object, detail: string][] = [
    [{ topic: 1 }, 'field topic: expected string, found a number'],
    [{ qos: 3 }, 'field qos: expected 0, 1 or 2, found a number'],
    [{ retain: 2 }, 'field retain: expected true, false, 1 or 0, found a number'],
    [{ dup: 'x' }, 'field dup: expected true, false, 1 or 0, found a string'],
    [{ tst: true }, 'field tst: expected a time, found a boolean'],
    [{ mid: 70_000 }, 'field mid: expected a packet id, found a number'],
    [{ mid: 1.5 }, 'field mid: expected a packet id, found a number'],
    [{ offset_ms: -1 }, 'field offset_ms: expected a number of ms, found a number'],
    [{ offset_ms: 1e300 }, 'field offset_ms: expected a number of ms, found a number'],
    [{ payloadlen: '1' }, 'field payloadlen: expected number, found a string'],
    [{ payload_b64: 'a' }, 'field payload_b64: expected base64, found a string'],
    [{ payload_b64: '/_A=' }, 'field payload_b64: expected base64, found a string'],
    [{ payload: { a: 1 } }, 'field payload: expected a string'],
    [{ payload: undefined }, 'field payload: expected a string'],
    [{ properties: [] }, 'field properties: expected an object, found an array'],
    [{ properties: { 'content-type': 1 } }, 'field properties.content-type: expected string, found a number'],
    [
      { properties: { 'message-expiry-interval': 0.5 } },
      'field properties.message-expiry-interval: expected a whole number up to 4294967295, found a number',
    ],
  ];

  for (const [fields, detail] of wrong) {
    it(`that is broken is reported, and the next ones are read: ${JSON.stringify(fields)}`, () => {
      expect(details(header, { ...ours, ...fields }, ours)).to.deep.equal([
        'start',
        `2: ${detail}`,
        'publish',
      ]);
    });
  }

  it('keeps user properties of any name', () => {
    const properties = '{"user-properties":{"__proto__":"a","constructor":"b","toString":"c"}}';
    const line = JSON.stringify(ours).replace(/}$/, `,"properties":${properties}}`);
    const [, record] = read(header, line);
    expect(record?.kind === 'publish' && record.properties).to.deep.equal({
      'user-properties': [
        ['__proto__', 'a'],
        ['constructor', 'b'],
        ['toString', 'c'],
      ],
    });
  });

  it('with a number that JSON cannot represent is reported', () => {
    const line = JSON.stringify({ ...ours, offset_ms: 5 }).replace('"offset_ms":5', '"offset_ms":1e999');
    expect(details(header, line)).to.deep.equal([
      'start',
      '2: field offset_ms: expected a number of ms, found a number',
    ]);
  });

  it('gets the same verdict from the fast check and from the codec', () => {
    const value = fc.oneof(
      fc.jsonValue(),
      fc.constantFrom('x', 0, 1, 2, 5, true, false, '', 'YQ==', {}, { 'user-properties': { a: 'b' } }),
    );
    const line = fc.record(
      {
        topic: fc.oneof({ weight: 9, arbitrary: fc.constant('t') }, value),
        qos: fc.oneof({ weight: 9, arbitrary: fc.constant(1) }, value),
        retain: fc.oneof({ weight: 9, arbitrary: fc.constant(false) }, value),
        dup: value,
        tst: value,
        mid: value,
        offset_ms: value,
        payloadlen: value,
        payload_b64: value,
        properties: value,
      },
      { requiredKeys: ['topic', 'qos', 'retain'] },
    );
    fc.assert(
      fc.property(fc.oneof(line, fc.jsonValue()), (json) => {
        expect(E.isRight(PublishLine.decode(json))).to.equal(PublishLine.is(json));
      }),
      { numRuns: 2_000 },
    );
  });

  it('that is not JSON or not a record is reported with its number; a blank one is skipped', () => {
    const given = [header, '', 'xyz', ' \t', '{"topic":', '[]', 'null', '7', '{}', ours];
    const all = details(...given);
    expect(all).to.have.length(9 - 2 + 1);
    expect(all.slice(1, 3)).to.deep.equal(['3: is not JSON', '5: is not JSON']);
    expect(all.slice(3, 7).map((each) => each.slice(0, 2))).to.deep.equal(['6:', '7:', '8:', '9:']);
    expect(all.at(-1)).to.equal('publish');
  });

  it('is never quoted in the report', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const secret = { 'the-secret-key': 'the secret', value };
        for (const line of [secret, [secret], { ...ours, topic: secret }, { ...header, filters: secret }]) {
          expect(JSON.stringify(details(line))).to.not.include('secret');
        }
      }),
    );
  });

  it('never makes the reader throw', () => {
    const recordOf = lineReader();
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string()), (line) => {
        recordOf(line);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('a capture without a header', () => {
  it('starts with its first message', () => {
    const tst = '2026-11-23T08:00:01.000Z';
    const records = read({ ...ours, tst, offset_ms: 1_000 }, { ...ours, tst, offset_ms: 1_500.5 });
    expect(offsets(records)).to.deep.equal([0, 500.5]);
    expect(records.map(receivedAt)).to.deep.equal(['2026-11-23T08:00:01.000Z', '2026-11-23T08:00:01.500Z']);
  });

  it('needs lines with times', () => {
    const later = { ...theirs, tst: '+275760-09-13T00:00:00.000Z' };
    expect(details(ours, { ...theirs, tst: 'noon' }, later)).to.deep.equal([
      '1: has no time (tst)',
      '2: field tst: expected a time',
      '3: field tst: expected a time',
    ]);
  });
});

describe('captures in a row', () => {
  it('each begin with a start, and numbers go on', () => {
    const later = { ...header, started_at_ms: startedAt + 60_000 };
    const records = read(header, ours, later, { ...ours, offset_ms: 1 });
    expect(offsets(records)).to.deep.equal(['start', 5, 'start', 1]);
    expect(records.map((record) => (record.kind === 'publish' ? record.publish.seq : 0))).to.deep.equal([
      0, 1, 0, 2,
    ]);
    expect(receivedAt(records[3])).to.equal('2026-11-23T08:01:00.001Z');
  });

  it('of an unknown version are reported', () => {
    expect(details({ ...header, cvmqtt_capture: 2 })).to.deep.equal([
      '1: has format 2, and this version of cvmqtt reads format 1: a newer version wrote it',
    ]);
  });
});

describe('time in a capture', () => {
  it('never goes back', () => {
    const records = read(header, ours, { ...ours, offset_ms: 4 }, { offset_ms: 3, integrations: [] });
    expect(offsets(records)).to.deep.equal(['start', 5, 5, 5]);
  });

  it('of mosquitto_sub is local time, with or without a zone after a Z', () => {
    const tsts = [
      '2026-11-23T09:00:00.250000Z+0100',
      '2026-11-23T08:00:00.500000+0000',
      '2026-11-23T08:00:00.750000Z',
    ];
    const records = read(...tsts.map((tst) => ({ ...theirs, tst })));
    expect(offsets(records)).to.deep.equal([0, 250, 500]);
    expect(receivedAt(records[0])).to.equal('2026-11-23T08:00:00.250Z');
  });
});

describe('lines of mosquitto_sub before 2.0', () => {
  it('have times in seconds', () => {
    const records = read(...[1_600_000_000, 1_600_000_002].map((tst) => ({ ...theirs, tst })));
    expect(offsets(records)).to.deep.equal([0, 2_000]);
    expect(receivedAt(records[0])).to.equal('2020-09-13T12:26:40.000Z');
  });

  it('of 1.5 have decimal codes for quotes, backslashes and line breaks', () => {
    const line = (payload: string, payloadlen: number): string =>
      `{"tst":1600000000,"topic":"t","qos":0,"retain":0,"payloadlen":${payloadlen},"payload":"${payload}"}`;
    expect(payloads(read(line('{\\u0034a\\u0034:\\u0034b\\u0092n\\u0010\\u0034}', 12)))).to.deep.equal([
      '{"a":"b\\n\n"}',
    ]);
    // Of later versions: text that shows such a code.
    expect(payloads(read(line('\\\\u0034', 6)))).to.deep.equal(['\\u0034']);
  });
});

describe('a payload that mosquitto_sub wrote', () => {
  const cases: readonly [payload: unknown, payloadlen: number, text: string][] = [
    ['x', 1, 'x'],
    [null, 0, ''],
    [null, 4, 'null'],
    ['x', 3, '"x"'],
    [7, 1, '7'],
    [{ a: [1, 'é'] }, 14, '{"a":[1,"Ã©"]}'],
    [[1, 255], 2, '\x01\xff'],
    [[1, 255], 7, '[1,255]'],
    [[], 2, '[]'],
  ];
  for (const [payload, payloadlen, text] of cases) {
    it(`${JSON.stringify(payload)} of ${payloadlen} bytes`, () => {
      expect(payloads(read({ ...theirs, payload, payloadlen }))).to.deep.equal([text]);
    });
  }

  it('is reported if it was cut', () => {
    expect(details({ ...theirs, payloadlen: 5 })).to.deep.equal([
      '1: has 1 of 5 bytes of the payload: mosquitto_sub cuts it at a NUL',
    ]);
  });
});

describe('lone surrogates', () => {
  it('become replacement characters, as in UTF-8', () => {
    const records = read(
      header,
      `${JSON.stringify({ ...ours, payload: 'HERE' }).replace('HERE', 'a\\ud800b')}`,
    );
    expect(records.at(-1)).to.have.nested.property('publish.payload.text', 'a\ufffdb');
  });
});

describe('ndjson', () => {
  it('gives one batch for each chunk', async () => {
    const bytes = Buffer.from(`${[header, ours, ours].map((line) => JSON.stringify(line)).join('\n')}\n`);
    const batches = await collected(ndjson(inPieces(bytes)));
    expect(batches.map((batch) => batch.length)).to.deep.equal([3]);
    expect(await allOf(ndjson(inPieces(bytes, [10, 90])))).to.deep.equal(batches.flat());
  });
});
