import { messageKey } from '../rules/message/message-key.js';
import { byteLength } from '../rules/message/payload.js';
import { stateFormats } from '../storage/state-formats.js';
import type { CapturedPresence, CapturedPublish, CapturedSet } from './record.js';
import type { Uptime } from './start-time.js';

/** The header of a capture. It contains no login. */
export interface CaptureHeader {
  /** The wall clock at offset 0, whole ms since the epoch. */
  readonly startedAt: number;
  readonly filters: readonly string[];
  /** `mqtt://host:port` */
  readonly broker: string;
  readonly mqttVersion: '3.1.1' | '5';
  readonly clientId: string;
  /** A recorder's: how much of the payloads is there. Without all of them it can be drawn, but not replayed. */
  readonly payloads?: 'full' | 'excerpt' | 'none';
  /** A recorder's: the start by the uptime, as the wall clock may be set between two headers. */
  readonly uptime?: Uptime;
}

/** The header line of a capture (docs/capture.md). This and the other lines here come without a newline. */
export const headerLine = (header: CaptureHeader): string => {
  const { startedAt, filters, broker, mqttVersion, clientId, payloads, uptime } = header;
  return JSON.stringify({
    cvmqtt_capture: stateFormats.capture,
    started_at: new Date(startedAt).toISOString(),
    started_at_ms: startedAt,
    filters,
    broker,
    mqtt_version: mqttVersion,
    client_id: clientId,
    payloads,
    boot: uptime?.boot,
    uptime_ms: uptime?.ms,
  });
};

/**
 * The line of a publish, received at `offsetMs` after the start of the capture: a superset of what `mosquitto_sub -F %j` writes.
 * If only the beginning of the payload was read, it has `payload_sha256`.
 */
export const publishLine = ({ publish, offsetMs, packetId, properties }: CapturedPublish): string => {
  const { topic, qos, retain, dup, payload, oversized, receivedAt } = publish;
  return JSON.stringify({
    tst: new Date(receivedAt).toISOString(),
    topic,
    qos,
    retain,
    dup,
    payloadlen: oversized?.bytes ?? byteLength(payload),
    payload_sha256: oversized?.sha256,
    key: messageKey(publish),
    mid: packetId,
    offset_ms: offsetMs,
    properties,
    ...('text' in payload
      ? { payload: payload.text }
      : { payload_b64: Buffer.from(payload.bytes).toString('base64') }),
  });
};

/** The line of a live set, with its integrations as in `mq/integrations.json`. */
export const setLine = ({ offsetMs, integrations }: CapturedSet): string =>
  JSON.stringify({
    offset_ms: offsetMs,
    integrations: [...integrations.values()].map(({ name, address }) => ({ name, integration: address })),
  });

/** The line that says whether cvmain serves. */
export const presenceLine = ({ offsetMs, serves }: CapturedPresence): string =>
  JSON.stringify({ offset_ms: offsetMs, cvmain: serves ? 'serves' : 'away' });
