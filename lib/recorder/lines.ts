import * as t from 'io-ts';
import { Ms } from '../capture/publish-line.js';
import type { Outcome } from '../rules/delivery/outcome.js';
import type { Message } from '../rules/message/decode.js';
import { byteLength, isLonger } from '../rules/message/payload.js';
import type { Publish } from '../rules/message/publish.js';
import { reasons } from '../rules/rejection.js';
import type { Settlement } from '../rules/settlement.js';
import type { Target } from '../rules/target.js';
import { rfc3339 } from '../util/time.js';

/** How much of each payload is recorded. */
export type Payloads = 'full' | 'excerpt' | 'none';

/** A larger payload fits no notification, bytes: of it, an excerpt is enough. */
const maxPayloadBytes = 65_536;

/** Longest payload that an excerpt keeps whole, characters. */
const excerptLength = 200;

// These three are written for each message, so by hand: `JSON.stringify` of an object takes several times as long.

/** The line of a publish, as in a capture, with the number by which the other lines refer to it. */
export const arrivedLine = (publish: Publish, offsetMs: number, payloads: Payloads): string => {
  const { seq, topic, qos, retain, dup, payload, oversized, receivedAt, expiresInMs } = publish;
  const isWhole = payloads === 'full' && oversized === undefined && !isLonger(payload, maxPayloadBytes);
  // MQTT counts it in whole seconds.
  const expiry =
    expiresInMs === undefined
      ? ''
      : `,"properties":{"message-expiry-interval":${Math.max(0, Math.ceil(expiresInMs / 1_000))}}`;
  const start = `{"seq":${seq},"tst":"${rfc3339(receivedAt)}","topic":${text(topic)},"qos":${qos},"retain":${retain},"dup":${dup},"offset_ms":${offsetMs},"payloadlen":${oversized?.bytes ?? byteLength(payload)}${expiry}`;
  if (isWhole)
    return 'text' in payload
      ? `${start},"payload":${text(payload.text)}}`
      : `${start},"payload_b64":"${Buffer.from(payload.bytes).toString('base64')}"}`;
  const kept = payloads !== 'none' && 'text' in payload ? payload.text.slice(0, excerptLength) : '';
  return `${start},"payload_sha256":"${oversized?.sha256 ?? ''}","payload":${text(kept)}}`;
};

/** The line of a call to cvmain that ended at `offsetMs`. */
export const calledLine = (
  { publish, name }: Pick<Message, 'publish' | 'name'>,
  offsetMs: number,
  target: Target,
  outcome: Outcome,
  tookMs: number,
): string => {
  const to = target.kind === 'notifier' ? 'null' : text(target.sendAddr);
  const detail = 'detail' in outcome ? `,"detail":${text(outcome.detail)}` : '';
  const named = publish.seq < 0 ? `,"name":${text(name)}` : '';
  return `{"offset_ms":${offsetMs},"called":{${idOf(publish)}${named},"to":${to},"outcome":"${outcome.kind}","took_ms":${tookMs}${detail}}}`;
};

/** The line of a settlement. */
export const settledLine = (settlement: Settlement, offsetMs: number): string => {
  const { kind, publish, message, attempts } = settlement;
  const end =
    kind === 'dead-lettered' ? `${settlement.reason}","detail":${text(settlement.detail)}` : `${kind}"`;
  const name = message === undefined ? '' : `,"name":${text(message.name)}`;
  return `{"offset_ms":${offsetMs},"settled":{${idOf(publish)},"end":"${end}${name},"attempts":${attempts}}}`;
};

const text = (value: string): string => JSON.stringify(value);

/** Names a publish. One that comes from the spool was numbered anew: it is known by its topic and time of receipt, and by its name. */
const idOf = ({ seq, topic, receivedAt }: Publish): string =>
  seq < 0 ? `"seq":${seq},"topic":${text(topic)},"received_at_ms":${receivedAt}` : `"seq":${seq}`;

/** The line of another event of the daemon. */
export const eventLine = (event: string, message: string, offsetMs: number): string =>
  JSON.stringify({ offset_ms: offsetMs, event, message });

const Id = t.intersection([
  t.type({ seq: t.number }),
  t.partial({ topic: t.string, received_at_ms: t.number, name: t.string }),
]);

const end = (value: string): value is 'notified' | 'spooled' | (typeof reasons)[number] =>
  value === 'notified' || value === 'spooled' || reasons.some((reason) => reason === value);

const End = new t.Type<'notified' | 'spooled' | (typeof reasons)[number], string, unknown>(
  'an end',
  (value): value is 'notified' => typeof value === 'string' && end(value),
  (value, context) =>
    typeof value === 'string' && end(value) ? t.success(value) : t.failure(value, context),
  t.identity,
);

/** The codecs of the lines that only a recorder writes; a capture has the others. */
export const CalledLine = t.type({
  offset_ms: Ms,
  called: t.intersection([
    Id,
    t.type({
      to: t.union([t.string, t.null]),
      outcome: t.keyof({ accepted: null, refused: null, failed: null, away: null }),
      took_ms: Ms,
    }),
    t.partial({ detail: t.string }),
  ]),
});

export const SettledLine = t.type({
  offset_ms: Ms,
  settled: t.intersection([Id, t.type({ end: End, attempts: t.number }), t.partial({ detail: t.string })]),
});

export const EventLine = t.type({ offset_ms: Ms, event: t.string, message: t.string });
