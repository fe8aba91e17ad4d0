import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import * as t from 'io-ts';
import { type Payload, payloadOf } from '../rules/message/payload.js';
import { parseIntegrations } from '../rules/routing/integrations.js';
import { Format, stateFormats, unreadText } from '../storage/state-formats.js';
import { decodeWith } from '../util/codec.js';
import { jsonOf } from '../util/json-of.js';
import { type Line, linesOf } from '../util/lines.js';
import { headerOf } from './header.js';
import { type LineState, readerOf, startState } from './line-state.js';
import { mended, payloadOfMosquitto, timeOf } from './mosquitto-sub.js';
import { Ms, type PropertiesJson, PublishLine } from './publish-line.js';
import type { CapturedPublish, CaptureRecord, Importer, PublishProperties } from './record.js';
import { ofRecorderRs } from './recorder-rs.js';
import { Skim } from './skim.js';

const Stamp = t.type({ cvmqtt_capture: Format });

/** Lines that only the daemon's recorder writes: what became of the messages is for `cvmqtt report`. */
const recorderKeys = ['called', 'settled', 'event'];

const PresenceLine = t.type({ offset_ms: Ms, cvmain: t.keyof({ serves: null, away: null }) });

const SetLine = t.type({ offset_ms: Ms, integrations: t.UnknownArray });

/**
 * Reads newline-delimited JSON: one or more captures of our own format, and the output of `mosquitto_sub -F %j` or `-F %J`
 * (docs/capture.md). Without a header, the first message is the start. Blank lines are skipped; any other line is `broken`,
 * and reading continues after it. A capture that a newer version wrote is one broken line, up to the next header.
 */
export const ndjson: Importer = async function* (chunks, skip) {
  const state = startState();
  const recordOf = lineReader(false, state);
  const skim = skip && new Skim(skip, readerOf(recordOf, state));
  for await (const lines of linesOf(skim === undefined ? chunks : skim.chunks(chunks))) {
    const records: CaptureRecord[] = [];
    for (const line of lines) {
      const record = recordOf(line);
      if (record === undefined) continue;
      records.push(record);
      skim?.saw(record);
    }
    // Even if there is none: the consumer may want to stop.
    yield records;
  }
};

/**
 * Converts the lines of a capture, in order; undefined for a blank one. A capture without its payloads is `broken`, unless
 * it is only to be drawn.
 */
export const lineReader = (
  isToDraw = false,
  state: LineState = startState(),
): ((line: Line) => CaptureRecord | undefined) => {
  const broken = (detail: string): CaptureRecord => ({ kind: 'broken', line: state.number, detail });

  const offsetOf = (line: PublishLine): number | undefined => {
    const own = line.offset_ms;
    if (state.startedAt !== undefined && own !== undefined) return own - state.startMs;
    const time = timeOf(line.tst ?? '');
    if (time === undefined) return undefined;
    if (state.startedAt === undefined) {
      state.startedAt = time;
      state.startMs = own ?? 0;
    }
    return time - state.startedAt;
  };

  const publishOf = (line: PublishLine): CaptureRecord => {
    const offset = offsetOf(line);
    if (state.startedAt === undefined || offset === undefined) {
      return broken(line.tst === undefined ? 'has no time (tst)' : 'field tst: expected a time');
    }
    const payload = payloadIn(line);
    if (E.isLeft(payload)) return broken(payload.left);
    state.lastMs = Math.max(state.lastMs, offset);
    if (line.payload_sha256 === '' && !isToDraw) return broken(notWhole);
    state.publishes += 1;
    const { mid, properties, offset_ms, payloadlen = 0, payload_sha256: sha256 } = line;
    const expiryS = properties?.['message-expiry-interval'];
    const base = {
      seq: state.publishes,
      topic: line.topic,
      payload: payload.right,
      qos: line.qos,
      retain: line.retain === true || line.retain === 1,
      dup: line.dup === true || line.dup === 1,
      receivedAt: Math.floor(state.startedAt + state.lastMs),
    };
    const expires = expiryS === undefined ? base : { ...base, expiresInMs: expiryS * 1000 };
    const publish = sha256 === undefined ? expires : { ...expires, oversized: { bytes: payloadlen, sha256 } };
    const record: Mutable<CapturedPublish> = { kind: 'publish', offsetMs: state.lastMs, publish };
    if (mid !== undefined && line.qos !== 0) record.packetId = mid;
    if (properties !== undefined) record.properties = propertiesOf(properties, offset_ms === undefined);
    return record;
  };

  const startOf = (json: unknown): CaptureRecord => {
    const format = Stamp.is(json) ? json.cvmqtt_capture : 1;
    const reads = stateFormats.capture;
    state.isNewer = format > reads;
    if (state.isNewer) return broken(unreadText({ reason: 'newer', format, reads }));
    const header = headerOf(json);
    if (E.isLeft(header)) return broken(`the header of a capture: ${header.left}`);
    const { start, hasPayloads } = header.right;
    state.startedAt = start.startedAt;
    state.startMs = 0;
    state.lastMs = 0;
    state.isWithoutPayloads = !isToDraw && !hasPayloads;
    return hasPayloads || isToDraw
      ? start
      : broken('its payloads were not recorded, so it can only be drawn: use cvmqtt report');
  };

  const setOf = (json: unknown): CaptureRecord => {
    const line = decodeWith(SetLine)(json);
    if (E.isLeft(line)) return broken(`a set of integrations: ${line.left}`);
    const { offset_ms, integrations } = line.right;
    const set = pipe(jsonOf(integrations), E.chain(parseIntegrations));
    if (E.isLeft(set)) return broken(`a set of integrations: ${set.left}`);
    state.lastMs = Math.max(state.lastMs, offset_ms - state.startMs);
    return { kind: 'set', offsetMs: state.lastMs, integrations: set.right };
  };

  const presenceOf = (json: unknown): CaptureRecord => {
    const line = decodeWith(PresenceLine)(json);
    if (E.isLeft(line)) return broken(`whether cvmain serves: ${line.left}`);
    state.lastMs = Math.max(state.lastMs, line.right.offset_ms - state.startMs);
    return { kind: 'cvmain', offsetMs: state.lastMs, serves: line.right.cvmain === 'serves' };
  };

  return (line) => {
    state.number += 1;
    if (line === '') return undefined;
    if (typeof line !== 'string') return broken(line.detail);
    // Parsing what isn't JSON takes long, and a compressed file can have millions of such lines.
    const text = line.trim();
    const mayBeJson = text.startsWith('{') ? text.endsWith('}') : text.startsWith('[') && text.endsWith(']');
    const json = mayBeJson ? ofRecorderRs(parsed(mended(text))) : undefined;
    if (state.isWithoutPayloads && !hasKey(json, 'cvmqtt_capture')) return undefined;
    if (state.isNewer && !hasKey(json, 'cvmqtt_capture')) return undefined;
    if (PublishLine.is(json)) return publishOf(json);
    if (json === undefined) return text === '' ? undefined : broken('is not JSON');
    if (hasKey(json, 'cvmqtt_capture')) return startOf(json);
    if (hasKey(json, 'integrations')) return setOf(json);
    if (hasKey(json, 'cvmain')) return presenceOf(json);
    if (recorderKeys.some((key) => hasKey(json, key))) return undefined;
    const wrong = decodeWith(PublishLine)(json);
    return broken(E.isLeft(wrong) ? wrong.left : 'is not a record of a capture');
  };
};

/** A recorder keeps no more than the beginning of a large payload: what it would be decided by may be behind that. */
const notWhole = 'only the beginning of its payload was recorded: it can be drawn, not replayed';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

const payloadIn = (line: PublishLine): E.Either<string, Payload> => {
  if (line.payload_b64 !== undefined) return E.right(payloadOf(Buffer.from(line.payload_b64, 'base64')));
  if (line.offset_ms === undefined) return payloadOfMosquitto(line);
  // Replaces lone surrogates as UTF-8 does; well-formed text is not copied.
  return typeof line.payload === 'string'
    ? E.right({ text: line.payload.toWellFormed() })
    : E.left('field payload: expected a string');
};

const propertiesOf = (json: PropertiesJson, ofMosquitto: boolean): PublishProperties => {
  const { 'user-properties': pairs, 'correlation-data': data, ...same } = json;
  return {
    ...same,
    // mosquitto_sub writes the bytes as text.
    ...(data === undefined
      ? {}
      : { 'correlation-data': ofMosquitto ? Buffer.from(data).toString('base64') : data }),
    ...(pairs === undefined
      ? {}
      : { 'user-properties': Array.isArray(pairs) ? pairs : Object.entries(pairs) }),
  };
};

/** Parses JSON; undefined if it is invalid. */
const parsed = (line: string): unknown => {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
};

const hasKey = (json: unknown, key: string): boolean =>
  typeof json === 'object' && json !== null && Object.hasOwn(json, key);
