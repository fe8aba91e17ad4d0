import * as t from 'io-ts';
import type { PublishLine } from './publish-line.js';

/** A line of mqtt-recorder-rs; `time` is in s since the epoch. */
const RecorderLine = t.type({
  time: t.number,
  qos: t.union([t.literal(0), t.literal(1), t.literal(2)]),
  retain: t.boolean,
  topic: t.string,
  msg_b64: t.string,
});

/** A line of mqtt-recorder-rs in the form of the others; any other value is unchanged. */
export const ofRecorderRs = (json: unknown): unknown => {
  if (!(typeof json === 'object' && json !== null && 'msg_b64' in json && RecorderLine.is(json))) return json;
  const { time, qos, retain, topic, msg_b64 } = json;
  return { tst: time, qos, retain, topic, payload_b64: msg_b64 } satisfies PublishLine;
};
