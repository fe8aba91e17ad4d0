import * as t from 'io-ts';
import type { QoS } from '../message/publish.js';

/** Milliseconds that stay a valid time, added to another one. */
const isMs = (value: unknown): value is number => typeof value === 'number' && value >= 0 && value <= 1e14;

export const Ms = t.refinement(t.number, isMs, 'a number of ms');

const isFlag = (value: unknown): value is boolean | 0 | 1 =>
  typeof value === 'boolean' || value === 0 || value === 1;

const isPacketId = (value: unknown): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 65_535;

const isBase64 = (text: string): boolean => text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text);

const Base64 = t.refinement(t.string, isBase64, 'base64');

const whole = (max: number) =>
  t.refinement(t.number, (n) => Number.isInteger(n) && n >= 0 && n <= max, `a whole number up to ${max}`);

/** `user-properties` is an object where mosquitto_sub wrote it, which keeps neither their order nor all of one name. */
const PropertiesJson = t.partial(
  {
    'payload-format-indicator': whole(255),
    'message-expiry-interval': whole(0xffffffff),
    'content-type': t.string,
    'response-topic': t.string,
    'correlation-data': t.string,
    'user-properties': t.union([
      t.array(t.tuple([t.string, t.string])),
      t.record(t.string, t.string, 'an object of texts'),
    ]),
  },
  'an object',
);

export type PropertiesJson = t.TypeOf<typeof PropertiesJson>;

/** A publish as a line has it: ours, which has `offset_ms`, or one of `mosquitto_sub -F %j` or `%J` (docs/capture.md). */
export interface PublishLine {
  readonly topic: string;
  readonly qos: QoS;
  readonly retain: boolean | 0 | 1;
  readonly dup?: boolean | 0 | 1;
  readonly tst?: string;
  readonly mid?: number;
  readonly offset_ms?: number;
  readonly payloadlen?: number;
  readonly payload?: unknown;
  readonly payload_b64?: string;
  readonly properties?: PropertiesJson;
}

const Flag = t.union([t.boolean, t.literal(0), t.literal(1)], 'true, false, 1 or 0');

/** What says which field is wrong, and asks eight times as long as {@link isPublishLine}. */
const Fields: t.Type<PublishLine> = t.intersection([
  t.type({
    topic: t.string,
    qos: t.union([t.literal(0), t.literal(1), t.literal(2)], '0, 1 or 2'),
    retain: Flag,
  }),
  t.partial({
    dup: Flag,
    tst: t.string,
    mid: t.refinement(t.number, isPacketId, 'a packet id'),
    offset_ms: Ms,
    payloadlen: t.number,
    payload: t.unknown,
    payload_b64: Base64,
    properties: PropertiesJson,
  }),
]);

/** Written out, as it is asked for each line of a capture of millions. */
const isPublishLine = (json: unknown): json is PublishLine =>
  typeof json === 'object' &&
  json !== null &&
  'topic' in json &&
  typeof json.topic === 'string' &&
  'qos' in json &&
  (json.qos === 0 || json.qos === 1 || json.qos === 2) &&
  'retain' in json &&
  isFlag(json.retain) &&
  (!('dup' in json) || isFlag(json.dup)) &&
  (!('tst' in json) || typeof json.tst === 'string') &&
  (!('mid' in json) || isPacketId(json.mid)) &&
  (!('offset_ms' in json) || isMs(json.offset_ms)) &&
  (!('payloadlen' in json) || typeof json.payloadlen === 'number') &&
  (!('payload_b64' in json) || Base64.is(json.payload_b64)) &&
  (!('properties' in json) || PropertiesJson.is(json.properties));

/** The codec of a publish's line. */
export const PublishLine = new t.Type<PublishLine>(
  'a publish',
  isPublishLine,
  (json, context) => (isPublishLine(json) ? t.success(json) : Fields.validate(json, context)),
  t.identity,
);
