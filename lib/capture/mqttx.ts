import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { decodeJsonWith } from '../util/codec.js';
import { plural } from '../util/plural.js';
import { isTime } from '../util/time.js';
import type { CapturedPublish, CaptureRecord, Importer } from './record.js';

/** An export is one JSON document, so all of it is in memory, bytes. */
const maxBytes = 128 * 1_048_576;

const Message = t.type({
  createAt: t.string,
  /** Whether MQTTX published it. */
  out: t.boolean,
  payload: t.string,
  qos: t.union([t.literal(0), t.literal(1), t.literal(2)]),
  retain: t.boolean,
  topic: t.string,
});

const Connection = t.intersection([
  t.type({ clientId: t.string, messages: t.array(t.unknown) }),
  t.partial({ name: t.string }),
]);

type Connection = t.TypeOf<typeof Connection>;

const Export = t.union([Connection, t.array(Connection)]);

/** Whether a file begins like an export of MQTTX: one connection, or an array of them. */
export const isMqttx = (head: Uint8Array): boolean =>
  /^\s*(\[|\{\s*\n)[\s\S]*"clientId"\s*:/.test(Buffer.from(head).toString());

/**
 * Reads a JSON export of MQTTX: what one connection received, with its time in the local zone of this machine. Payloads count as
 * text. Of several connections, the one that received most is read, and a note says so. A message that can't be read is
 * `broken`, with its number instead of a line.
 */
export const mqttx: Importer = async function* (chunks) {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.length;
    if (bytes > maxBytes) {
      yield [{ kind: 'note', detail: `is an export of MQTTX over ${maxBytes} bytes`, isUnread: true }];
      return;
    }
    parts.push(chunk);
    // The consumer may want to stop.
    yield [];
  }
  const read = decodeJsonWith(Export)(Buffer.concat(parts).toString());
  if (E.isLeft(read)) {
    yield [
      { kind: 'note', detail: `is an export of MQTTX that can't be read: ${read.left}`, isUnread: true },
    ];
    return;
  }
  const connections = [read.right].flat();
  const busiest = connections.reduce<Connection | undefined>(
    (best, each) => (best === undefined || received(each) > received(best) ? each : best),
    undefined,
  );
  if (busiest === undefined || received(busiest) === 0) {
    yield [{ kind: 'note', detail: 'is an export of MQTTX in which nothing was received', isUnread: true }];
    return;
  }
  if (connections.length > 1) {
    const name = busiest.name ?? busiest.clientId;
    const detail = `has ${plural(connections.length, 'connection')} of MQTTX: reading what "${name}" received`;
    yield [{ kind: 'note', detail, isUnread: false }];
  }
  yield recordsOf(busiest);
};

const received = ({ messages }: Connection): number =>
  messages.filter((each) => Message.is(each) && !each.out).length;

const recordsOf = ({ messages }: Connection): readonly CaptureRecord[] => {
  let startedAt: number | undefined;
  let offsetMs = 0;
  let seq = 0;
  return messages.flatMap((message, at): readonly CaptureRecord[] => {
    const broken = (detail: string): readonly CaptureRecord[] => [{ kind: 'broken', line: at + 1, detail }];
    if (!Message.is(message)) return broken('is not a message of MQTTX');
    if (message.out) return [];
    const time = timeOf(message.createAt);
    if (time === undefined) return broken('field createAt: expected a time');
    startedAt ??= time;
    offsetMs = Math.max(offsetMs, time - startedAt);
    seq += 1;
    const { topic, payload, qos, retain } = message;
    const publish = { seq, topic, payload: { text: payload.toWellFormed() }, qos, retain, dup: false };
    return [
      {
        kind: 'publish',
        offsetMs,
        publish: { ...publish, receivedAt: startedAt + offsetMs },
      } satisfies CapturedPublish,
    ];
  });
};

/** The time of `YYYY-MM-DD HH:mm:ss`, with or without `:SSS`, in the local zone; or of RFC 3339. */
const timeOf = (text: string): number | undefined => {
  const time = Date.parse(
    text.replace(
      /^(\S+) (\d\d:\d\d:\d\d)(?::(\d{3}))?$/,
      (_, day, clock, ms = '000') => `${day}T${clock}.${ms}`,
    ),
  );
  return isTime(time) ? time : undefined;
};
