import fc, { type Arbitrary } from 'fast-check';
import type {
  CapturedPresence,
  CapturedPublish,
  CapturedSet,
  CaptureRecord,
  PublishProperties,
  Records,
} from '../../lib/capture/record.js';
import { payloadOf } from '../../lib/rules/message/payload.js';
import type { IntegrationSet } from '../../lib/rules/routing/integrations.js';

/** Any text that MQTT allows: without lone surrogates [MQTT-1.5.4-1]. */
const mqttText: Arbitrary<string> = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }).map((text) => text.toWellFormed()),
);

const properties: Arbitrary<PublishProperties> = fc.record(
  {
    'payload-format-indicator': fc.constantFrom(0, 1),
    'message-expiry-interval': fc.integer({ min: 0, max: 0xffffffff }),
    'content-type': mqttText,
    'response-topic': mqttText,
    'correlation-data': fc.uint8Array().map((bytes) => Buffer.from(bytes).toString('base64')),
    'user-properties': fc.array(fc.tuple(mqttText, mqttText)),
  },
  { requiredKeys: [], noNullPrototype: true },
);

/** A publish in a capture that started at `startedAt`; its sequence number is 1. */
export const capturedPublish = (startedAt: number): Arbitrary<CapturedPublish> =>
  fc
    .record({
      topic: mqttText,
      bytes: fc.oneof(
        fc.uint8Array(),
        mqttText.map((text) => Buffer.from(text)),
      ),
      qos: fc.constantFrom(0 as const, 1 as const, 2 as const),
      retain: fc.boolean(),
      dup: fc.boolean(),
      microseconds: fc.nat(),
      packetId: fc.integer({ min: 1, max: 65_535 }),
      properties: fc.option(properties, { nil: undefined }),
    })
    .map(({ topic, bytes, qos, retain, dup, microseconds, packetId, properties }) => {
      const offsetMs = microseconds / 1000;
      const expiryS = properties?.['message-expiry-interval'];
      return {
        kind: 'publish',
        offsetMs,
        publish: {
          seq: 1,
          topic,
          payload: payloadOf(bytes),
          qos,
          retain,
          dup,
          receivedAt: Math.floor(startedAt + offsetMs),
          ...(expiryS === undefined ? {} : { expiresInMs: expiryS * 1000 }),
        },
        ...(qos === 0 ? {} : { packetId }),
        ...(properties === undefined ? {} : { properties }),
      };
    });

const address = fc.record(
  {
    host: fc.oneof(fc.ipV4(), fc.ipV6(), fc.constant('localhost')),
    port: fc.integer({ min: 1, max: 65_535 }),
  },
  { noNullPrototype: true },
);

const integrationSet: Arbitrary<IntegrationSet> = fc
  .array(
    fc.record(
      { name: fc.string({ minLength: 1 }), address },
      { requiredKeys: ['name'], noNullPrototype: true },
    ),
  )
  .map((integrations) => new Map(integrations.map((each) => [each.name, each])));

/** A live set in a capture. */
export const capturedSet: Arbitrary<CapturedSet> = fc
  .record({ microseconds: fc.nat(), integrations: integrationSet })
  .map(({ microseconds, integrations }) => ({ kind: 'set', offsetMs: microseconds / 1000, integrations }));

export const capturedPresence: Arbitrary<CapturedPresence> = fc
  .record({ microseconds: fc.nat(), serves: fc.boolean() })
  .map(({ microseconds, serves }) => ({ kind: 'cvmain', offsetMs: microseconds / 1000, serves }));

/** These bytes, in pieces that end at these offsets. */
export async function* inPieces(bytes: Uint8Array, cuts: readonly number[] = []): AsyncGenerator<Uint8Array> {
  const ends = [...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
  let from = 0;
  for (const to of ends) {
    yield bytes.subarray(from, to);
    from = to;
  }
}

/** Everything that comes. */
export const collected = async <T>(values: AsyncIterable<T>): Promise<readonly T[]> => {
  const all: T[] = [];
  for await (const value of values) all.push(value);
  return all;
};

/** All records of a capture. */
export const allOf = async (records: Records): Promise<readonly CaptureRecord[]> =>
  (await collected(records)).flat();

/** The records with payload bytes as Buffers, to compare them: equal bytes may be in a Buffer or in a Uint8Array. */
export const withBuffers = (records: readonly CaptureRecord[]): readonly CaptureRecord[] =>
  records.map((record) =>
    record.kind === 'publish' && 'bytes' in record.publish.payload
      ? {
          ...record,
          publish: { ...record.publish, payload: { bytes: Buffer.from(record.publish.payload.bytes) } },
        }
      : record,
  );
