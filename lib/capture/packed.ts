import type { Publish, QoS } from '../rules/message/publish.js';
import type { CapturedPublish, CaptureRecord, PublishProperties } from './record.js';

/**
 * A batch of records in a few arrays, for the transfer between threads: copying each object would cost as much as reading
 * it.
 */
export interface PackedBatch {
  /** The numeric fields, `width` per publish; NaN if absent. */
  readonly numbers: Float64Array<ArrayBuffer>;
  readonly payloads: readonly (string | Uint8Array)[];
  /** Each topic once; the numeric fields refer to it by index. */
  readonly topics: readonly string[];
  /** One for each publish; empty if none has any. */
  readonly properties: readonly (PublishProperties | undefined)[];
  /** The other records, with their index in the batch. */
  readonly aside: readonly { readonly at: number; readonly record: Aside }[];
}

type Aside = Exclude<CaptureRecord, CapturedPublish>;

/** The index of each numeric field. */
const column = { seq: 0, offsetMs: 1, receivedAt: 2, topic: 3, flags: 4, packetId: 5, expiresInMs: 6 };
const width = 7;

const retainFlag = 4;
const dupFlag = 8;

/** Packs a batch; {@link unpack} is the inverse. */
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
    // Copied first: a view would transfer its whole underlying buffer.
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

/** Unpacks the records of a batch, in order. */
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
