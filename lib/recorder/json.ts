import type { RunCall, RunMessage } from '../report/run.js';
import { rfc3339 } from '../util/time.js';

/** A message of a recording that started at `startedAt`, as `cvmqtt report --json` prints it (docs/json.md). Times in whole ms. */
export const recordedJson = (message: RunMessage, startedAt: number) => {
  const { at, name, integration, topic, qos, retain, dup, bytes, preview, calls, result } = message;
  return {
    received_at: rfc3339(Math.floor(startedAt + at)),
    end: result?.kind ?? null,
    detail: result?.detail,
    name,
    integration,
    topic,
    qos,
    retain,
    dup,
    payload_bytes: bytes,
    payload_start: preview,
    calls: calls.map((call) => callJson(call, startedAt)),
    took_ms: result === undefined ? null : Math.round(result.at - at),
  };
};

const callJson = ({ target, to, at, endedAt, outcome, detail }: RunCall, startedAt: number) => ({
  called_at: rfc3339(Math.floor(startedAt + at)),
  to: target === 'notifier' ? 'notifier' : (to ?? null),
  outcome,
  detail,
  took_ms: Math.round(endedAt - at),
});
