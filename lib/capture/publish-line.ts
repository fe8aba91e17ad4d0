import * as t from 'io-ts';
import type { QoS } from '../rules/message/publish.js';
import { isTime } from '../util/time.js';

const isMs = (value: unknown): value is number => typeof value === 'number' && isTime(value);

const isFlag = (value: unknown): value is boolean | 0 | 1 =>
  typeof value === 'boolean' || value === 0 || value === 1;

const isQoS = (value: unknown): value is QoS => value === 0 || value === 1 || value === 2;

const isBase64 = (value: unknown): value is string =>
  typeof value === 'string' && value.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(value);

const isTst = (value: unknown): value is string | number =>
  typeof value === 'string' || (typeof value === 'number' && isTime(value * 1000));

const isWhole =
  (max: number) =>
  (value: unknown): value is number =>
    typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= max;

const isPacketId = isWhole(65_535);

const codecOf = <A>(name: string, is: t.Is<A>): t.Type<A> =>
  new t.Type(
    name,
    is,
    (value, context) => (is(value) ? t.success(value) : t.failure(value, context)),
    t.identity,
  );

/** Milliseconds, bounded so that adding them to a time keeps it valid. */
export const Ms = codecOf('a number of ms', isMs);

const Flag = codecOf('true, false, 1 or 0', isFlag);

const whole = (max: number) => codecOf(`a whole number up to ${max}`, isWhole(max));

/** mosquitto_sub writes `user-properties` as an object, without their order, and with one value per name. */
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

/** The line of a publish: ours, with `offset_ms`, or one of `mosquitto_sub -F %j` or `%J` (docs/capture.md). */
export interface PublishLine {
  readonly topic: string;
  readonly qos: QoS;
  readonly retain: boolean | 0 | 1;
  readonly dup?: boolean | 0 | 1;
  /** A number, s since the epoch, from mosquitto_sub before 2.0. */
  readonly tst?: string | number;
  readonly mid?: number;
  readonly offset_ms?: number;
  readonly payloadlen?: number;
  readonly payload?: unknown;
  readonly payload_b64?: string;
  /** The hash of the whole payload of `payloadlen` bytes, if only its beginning is here. */
  readonly payload_sha256?: string;
  readonly properties?: PropertiesJson;
}

/** The codec that names the wrong field; eight times slower than {@link isPublishLine}. */
const Fields: t.Type<PublishLine> = t.intersection([
  t.type({
    topic: t.string,
    qos: codecOf('0, 1 or 2', isQoS),
    retain: Flag,
  }),
  t.partial({
    dup: Flag,
    tst: codecOf('a time', isTst),
    mid: codecOf('a packet id', isPacketId),
    offset_ms: Ms,
    payloadlen: t.number,
    payload: t.unknown,
    payload_b64: codecOf('base64', isBase64),
    payload_sha256: t.string,
    properties: PropertiesJson,
  }),
]);

/** Written out by hand, as it runs for each of millions of lines. */
const isPublishLine = (json: unknown): json is PublishLine =>
  typeof json === 'object' &&
  json !== null &&
  'topic' in json &&
  typeof json.topic === 'string' &&
  'qos' in json &&
  isQoS(json.qos) &&
  'retain' in json &&
  isFlag(json.retain) &&
  (!('dup' in json) || isFlag(json.dup)) &&
  (!('tst' in json) || isTst(json.tst)) &&
  (!('mid' in json) || isPacketId(json.mid)) &&
  (!('offset_ms' in json) || isMs(json.offset_ms)) &&
  (!('payloadlen' in json) || typeof json.payloadlen === 'number') &&
  (!('payload_b64' in json) || isBase64(json.payload_b64)) &&
  (!('payload_sha256' in json) || typeof json.payload_sha256 === 'string') &&
  (!('properties' in json) || PropertiesJson.is(json.properties));

/** The codec of the line of a publish, backed by {@link isPublishLine}. */
export const PublishLine = new t.Type<PublishLine>(
  'a publish',
  isPublishLine,
  (json) => (isPublishLine(json) ? t.success(json) : Fields.decode(json)),
  t.identity,
);
