import { isUtf8 } from 'node:buffer';
import { pipeline, Readable } from 'node:stream';
import { parse } from 'csv-parse';
import * as E from 'fp-ts/lib/Either.js';
import { type Payload, payloadOf } from '../rules/message/payload.js';
import type { QoS } from '../rules/message/publish.js';
import { isTime } from '../util/time.js';
import type { CaptureRecord, Importer } from './record.js';

/** A longer row means a quote that was never closed. */
const maxRowBytes = 16 * 1_048_576;

/** The batch size, rows. */
const batchRows = 500;

interface Row {
  readonly record: readonly string[];
  readonly line: number;
}

/**
 * Reads the CSV of mqtt-recorder, without a header: topic, payload, QoS, retain (`True` or `False`), time (s since the epoch),
 * and the time since the previous row, which is not used. Payloads are base64 or text; the file does not say which. They
 * count as base64 if all of the first rows can be decoded and there is evidence: padding, or all decode to UTF-8. Any other
 * row is `broken`. The first row is the start.
 */
export const csv: Importer = async function* (chunks) {
  const broken: CaptureRecord[] = [];
  let brokenLine: number | undefined;
  const rows = parse({
    info: true,
    relax_column_count: true,
    skip_empty_lines: true,
    skip_records_with_error: true,
    max_record_size: maxRowBytes,
    on_skip: (error) => {
      const line = Number(error?.['lines'] ?? 0);
      // Called for each quote that is wrong.
      if (line === brokenLine) return undefined;
      brokenLine = line;
      broken.push({ kind: 'broken', line, detail: 'is not a row of comma-separated values' });
      return undefined;
    },
  });
  // The consumer of the last stream gets the error.
  pipeline(Readable.from(chunks, { objectMode: false }), rows, () => undefined);
  const recordsOf = recordMaker();
  let batch: Row[] = [];
  for await (const row of rows) {
    batch.push({ record: row.record, line: row.info.lines });
    if (batch.length < batchRows) continue;
    yield [...broken.splice(0), ...recordsOf(batch)];
    batch = [];
  }
  const last = [...broken.splice(0), ...recordsOf(batch)];
  if (last.length > 0) yield last;
};

const recordMaker = (): ((rows: readonly Row[]) => readonly CaptureRecord[]) => {
  let decode: ((payload: string) => Payload) | undefined;
  let startedAt: number | undefined;
  let publishes = 0;
  let offsetMs = 0;

  const recordOf = ({ record, line }: Row, payloadIn: (text: string) => Payload): CaptureRecord => {
    const fields = fieldsOf(record);
    if (E.isLeft(fields)) return { kind: 'broken', line, detail: fields.left };
    const { topic, payload, qos, retain, timeMs } = fields.right;
    startedAt ??= timeMs;
    offsetMs = Math.max(offsetMs, timeMs - startedAt);
    publishes += 1;
    const receivedAt = Math.floor(startedAt + offsetMs);
    const publish = {
      seq: publishes,
      topic,
      payload: payloadIn(payload),
      qos,
      retain,
      dup: false,
      receivedAt,
    };
    return { kind: 'publish', offsetMs, publish };
  };

  return (rows) => {
    decode ??= payloadDecoder(rows.map(({ record }) => record[1] ?? ''));
    const payloadIn = decode;
    return rows.map((row) => recordOf(row, payloadIn));
  };
};

const qualities = new Map<string | undefined, QoS>([
  ['0', 0],
  ['1', 1],
  ['2', 2],
]);

const flags = new Map<string | undefined, boolean>([
  ['True', true],
  ['1', true],
  ['False', false],
  ['0', false],
]);

const fieldsOf = ([topic = '', payload, quality, flag, seconds]: readonly string[]) => {
  const [qos, retain] = [qualities.get(quality), flags.get(flag)];
  const timeMs = Number(seconds || Number.NaN) * 1000;
  if (payload === undefined) return E.left('expected topic, payload, QoS, retain and time');
  if (qos === undefined) return E.left('column 3: expected a QoS, 0, 1 or 2');
  if (retain === undefined) return E.left('column 4: expected True or False');
  if (!isTime(timeMs)) return E.left('column 5: expected a time in seconds since the epoch');
  return E.right({ topic, payload, qos, retain, timeMs });
};

const payloadDecoder = (first: readonly string[]): ((payload: string) => Payload) => {
  const some = first.filter((text) => text !== '');
  const isBase64 =
    some.length > 0 &&
    some.every((text) => Buffer.from(text, 'base64').toString('base64') === text) &&
    (some.some((text) => text.endsWith('=')) || some.every((text) => isUtf8(Buffer.from(text, 'base64'))));
  return isBase64
    ? (text) => payloadOf(Buffer.from(text, 'base64'))
    : (text) => ({ text: text.toWellFormed() });
};
