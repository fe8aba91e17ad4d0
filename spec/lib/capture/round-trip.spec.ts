import { expect } from 'chai';
import fc from 'fast-check';
import { ndjson } from '../../../lib/capture/ndjson.js';
import type { CaptureRecord } from '../../../lib/capture/record.js';
import { headerLine, presenceLine, publishLine, setLine } from '../../../lib/capture/write-line.js';
import { allOf, capturedPresence, capturedPublish, capturedSet, inPieces } from '../../support/captures.js';

const startedAt = Date.parse('2026-11-23T08:00:00Z');
const header = {
  startedAt,
  filters: ['s2u/cv12345/#'],
  broker: 'mqtt://127.0.0.1:1883',
  mqttVersion: '5',
  clientId: 'cvmqtt-capture-1',
} as const;

const lineOf = (record: CaptureRecord): string => {
  switch (record.kind) {
    case 'publish':
      return publishLine(record);
    case 'set':
      return setLine(record);
    case 'cvmain':
      return presenceLine(record);
    case 'start':
      return headerLine({ ...header, startedAt: record.startedAt, filters: record.filters });
    case 'broken':
    case 'note':
      return '';
  }
};

const written = (records: readonly CaptureRecord[]): Uint8Array =>
  Buffer.from(records.map((record) => `${lineOf(record)}\n`).join(''));

/** Records of one capture, numbered, with times that never decrease. */
const capture = fc
  .array(fc.oneof({ weight: 4, arbitrary: capturedPublish(startedAt) }, capturedSet, capturedPresence))
  .map((records): readonly CaptureRecord[] => {
    let seq = 0;
    const inOrder = [...records].sort((one, other) => one.offsetMs - other.offsetMs);
    const numbered = inOrder.map((record): CaptureRecord => {
      if (record.kind !== 'publish') return record;
      seq += 1;
      return { ...record, publish: { ...record.publish, seq } };
    });
    return [{ kind: 'start', startedAt, filters: header.filters }, ...numbered];
  });

describe('a capture', () => {
  it('reads back as written: any bytes, topics and properties', () =>
    fc.assert(
      fc.asyncProperty(capture, fc.array(fc.nat(5_000), { maxLength: 4 }), async (records, cuts) => {
        expect(await allOf(ndjson(inPieces(written(records), cuts)))).to.deep.equal(records);
      }),
      { numRuns: 300 },
    ));

  it('has one line per record, for grep and jq', () =>
    fc.assert(
      fc.property(capturedPublish(startedAt), (record) => {
        expect(publishLine(record)).to.not.include('\n');
      }),
    ));

  it('has this format', () => {
    const set = new Map([
      ['int1', { name: 'int1', address: { host: '127.0.0.1', port: 6001 } }],
      ['int2', { name: 'int2' }],
    ]);
    const publish = {
      seq: 1,
      topic: 's2u/cv12345/command',
      payload: { text: '{"function":"int1-open"}' },
      qos: 1,
      retain: false,
      dup: false,
      receivedAt: startedAt + 1,
      expiresInMs: 60_000,
    } as const;
    const properties = { 'message-expiry-interval': 60 };
    const bytes = { bytes: Buffer.from([0xff, 0]) };
    const lines = [
      headerLine(header),
      setLine({ kind: 'set', offsetMs: 0, integrations: set }),
      publishLine({ kind: 'publish', offsetMs: 1.25, publish, packetId: 7, properties }),
      publishLine({ kind: 'publish', offsetMs: 2, publish: { ...publish, qos: 0, payload: bytes } }),
    ];
    expect(lines).to.deep.equal([
      '{"cvmqtt_capture":1,"started_at":"2026-11-23T08:00:00.000Z","started_at_ms":1795420800000,"filters":["s2u/cv12345/#"],"broker":"mqtt://127.0.0.1:1883","mqtt_version":"5","client_id":"cvmqtt-capture-1"}',
      '{"offset_ms":0,"integrations":[{"name":"int1","integration":{"host":"127.0.0.1","port":6001}},{"name":"int2"}]}',
      '{"tst":"2026-11-23T08:00:00.001Z","topic":"s2u/cv12345/command","qos":1,"retain":false,"dup":false,"payloadlen":24,"key":"5dd1bbaee3d1","mid":7,"offset_ms":1.25,"properties":{"message-expiry-interval":60},"payload":"{\\"function\\":\\"int1-open\\"}"}',
      '{"tst":"2026-11-23T08:00:00.001Z","topic":"s2u/cv12345/command","qos":0,"retain":false,"dup":false,"payloadlen":2,"key":"319223989652","offset_ms":2,"payload_b64":"/wA="}',
    ]);
  });
});
