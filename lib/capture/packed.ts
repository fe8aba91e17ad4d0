import type { Publish, QoS } from '../rules/message/publish.js';
import type { CapturedPublish, CaptureRecord, PublishProperties } from './record.js';

/**
 * A batch of records on its way from one thread to another: in a few arrays, as to copy each object of it would cost as
 * much as to read it did.
 */
export interface PackedBatch {
  /** What of a publish is a number, `width` for each; NaN for what is absent. */
  readonly numbers: Float64Array<ArrayBuffer>;
  readonly payloads: readonly (string | Uint8Array)[];
  /** Each topic once; the numbers tell which. */
  readonly topics: readonly string[];
  /** Of each publish; empty where none has any. */
  readonly properties: readonly (PublishProperties | undefined)[];
  /** The records that are no publish, and where they stand. */
  readonly aside: readonly { readonly at: number; readonly record: Aside }[];
}

type Aside = Exclude<CaptureRecord, CapturedPublish>;

/** Where each number of a publish stands. */
const column = { seq: 0, offsetMs: 1, receivedAt: 2, topic: 3, flags: 4, packetId: 5, expiresInMs: 6 };
const width = 7;

const retainFlag = 4;
const dupFlag = 8;

/** The batch, packed; {@link unpack} is its inverse. */
export const pack = (records: readonly CaptureRecord[]): PackedBatch => {
  const numbers = new Float64Array(records.length * width);
  const payloads: (string | Uint8Array)[] = [];
  const properties: (PublishProperties | undefined)[] = [];
  const aside: { at: number; record: Aside }[] = [];
  const topics = new Map<string, number>();
  let hasProperties = false;
  for (const [at, record] of records.entries()) {
    if (record.kind !== 'publish') {
      aside.push({ at, record });
      continue;
    }
    const { publish } = record;
    const row = payloads.length * width;
    const topic = topics.get(publish.topic) ?? topics.size;
    if (topic === topics.size) topics.set(publish.topic, topic);
    numbers[row + column.seq] = publish.seq;
    numbers[row + column.offsetMs] = record.offsetMs;
    numbers[row + column.receivedAt] = publish.receivedAt;
    numbers[row + column.topic] = topic;
    numbers[row + column.flags] =
      publish.qos + (publish.retain ? retainFlag : 0) + (publish.dup ? dupFlag : 0);
    numbers[row + column.packetId] = record.packetId ?? Number.NaN;
    numbers[row + column.expiresInMs] = publish.expiresInMs ?? Number.NaN;
    const { payload } = publish;
    // Bytes may be a view of a larger buffer, all of which would be copied.
    payloads.push('text' in payload ? payload.text : new Uint8Array(payload.bytes));
    properties.push(record.properties);
    hasProperties ||= record.properties !== undefined;
  }
  return {
    numbers: numbers.subarray(0, payloads.length * width),
    payloads,
    topics: [...topics.keys()],
    properties: hasProperties ? properties : [],
    aside,
  };
};

/** The records of a packed batch, in their order. */
export const unpack = ({ numbers, payloads, topics, properties, aside }: PackedBatch): CaptureRecord[] => {
  const records: CaptureRecord[] = [];
  let asides = 0;
  const takeAsides = (): void => {
    for (let next = aside[asides]; next?.at === records.length; next = aside[asides]) {
      records.push(next.record);
      asides += 1;
    }
  };
  for (const [at, payload] of payloads.entries()) {
    takeAsides();
    const row = at * width;
    const number = (place: number): number => numbers[row + place] ?? Number.NaN;
    const flags = number(column.flags);
    const base: Publish = {
      seq: number(column.seq),
      topic: topics[number(column.topic)] ?? '',
      payload: typeof payload === 'string' ? { text: payload } : { bytes: payload },
      qos: qosOf[flags & 3] ?? 0,
      retain: (flags & retainFlag) !== 0,
      dup: (flags & dupFlag) !== 0,
      receivedAt: number(column.receivedAt),
    };
    const expiresInMs = number(column.expiresInMs);
    const publish = Number.isNaN(expiresInMs) ? base : { ...base, expiresInMs };
    const record: Mutable<CapturedPublish> = { kind: 'publish', offsetMs: number(column.offsetMs), publish };
    const packetId = number(column.packetId);
    if (!Number.isNaN(packetId)) record.packetId = packetId;
    const own = properties[at];
    if (own !== undefined) record.properties = own;
    records.push(record);
  }
  takeAsides();
  return records;
};

const qosOf: readonly QoS[] = [0, 1, 2];

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
