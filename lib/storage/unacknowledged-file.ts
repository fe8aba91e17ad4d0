import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import * as t from 'io-ts';
import type { Clock } from '../clock/clock.js';
import { arrivalOf, ReceiptJson, receiptOf, receiptOfJson, receiptToJson } from '../clock/receipt.js';
import { Count } from '../util/codec.js';
import { maxTextBytes } from './read-text.js';
import { decodeState, stateFormats, unreadText } from './state-formats.js';
import { systemFiles } from './whole-files.js';

/** A message settled but not acknowledged: when the broker sends it again, it must not be delivered again. */
export interface Settled {
  readonly packetId: number;
  /** Digest of topic and payload, see `digest` of lib/mqtt/session/pending.ts. */
  readonly content: string;
  /** Uptime at its first receipt, ms. */
  readonly receivedAt: number;
  /** Rest of its MQTT 5 lifetime at that time, ms. */
  readonly expiresInMs?: number | undefined;
}

/** By session name, see `sessionName`. */
export type SettledBySession = ReadonlyMap<string, readonly Settled[]>;

const SettledJson = t.intersection([
  t.type({ packet_id: Count, content: t.string, age_ms: Count }),
  t.partial({ expires_in_ms: Count }),
]);

type SettledJson = t.TypeOf<typeof SettledJson>;

const FileJson = t.type({
  written: ReceiptJson,
  sessions: t.array(t.tuple([t.string, t.array(SettledJson)])),
});

/** Later, packet ids are used for other messages, ms. */
const maxAgeMs = 600_000;

/**
 * Writes at the end of a run what the next one has to recognise; writes nothing if there is nothing. Never rejects:
 * what can't be written, or would be too long to be read, is delivered again.
 */
export const keepUnacknowledged = async (
  path: string,
  clock: Clock,
  sessions: SettledBySession,
  files = systemFiles,
): Promise<void> => {
  const some = [...sessions].filter(([, settled]) => settled.length > 0);
  if (some.length === 0) return;
  const now = clock.uptimeMs();
  const text = JSON.stringify({
    format: stateFormats.unacknowledged,
    written: receiptToJson(receiptOf(clock, now)),
    sessions: some.map(([name, settled]) => [name, settled.map((each) => jsonOf(each, now))]),
  });
  if (Buffer.byteLength(text) > maxTextBytes) return;
  await files.write(path, text).catch(() => undefined);
};

/**
 * Reads and removes what the previous run left. Removed first, as it is valid for one run: later, an equal message
 * could have the packet id. For the same reason it is empty if the file can't be removed, was written more than ten
 * minutes ago or at an unknown time (a reboot without a synchronised clock), is broken, or is of a newer version.
 */
export const takeUnacknowledged = async (
  path: string,
  clock: Clock,
  files = systemFiles,
): Promise<SettledBySession> => {
  const text = files.read(path);
  if (E.isLeft(text) && text.left.reason === 'absent') return new Map();
  const isRemoved = await files.remove(path).then(
    () => true,
    () => false,
  );
  const file = pipe(
    text,
    E.mapLeft(String),
    E.flatMap((json) => E.mapLeft(unreadText)(decodeState(FileJson, stateFormats.unacknowledged)(json))),
  );
  if (!isRemoved || E.isLeft(file)) return new Map();
  const { arrivedAt: writtenAt, isKnown } = arrivalOf(clock, receiptOfJson(file.right.written));
  if (!isKnown || clock.uptimeMs() - writtenAt > maxAgeMs) return new Map();
  return new Map(
    file.right.sessions.map(([name, settled]) => [name, settled.map((each) => settledOf(each, writtenAt))]),
  );
};

const jsonOf = ({ packetId, content, receivedAt, expiresInMs }: Settled, now: number): SettledJson => ({
  packet_id: packetId,
  content,
  age_ms: Math.max(0, Math.floor(now - receivedAt)),
  ...(expiresInMs === undefined ? {} : { expires_in_ms: expiresInMs }),
});

const settledOf = (json: SettledJson, writtenAt: number): Settled => ({
  packetId: json.packet_id,
  content: json.content,
  receivedAt: writtenAt - json.age_ms,
  expiresInMs: json.expires_in_ms,
});
