import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import * as t from 'io-ts';
import type { Clock } from '../clock/clock.js';
import { arrivalOf, ReceiptJson, receiptOf, receiptOfJson, receiptToJson } from '../clock/receipt.js';
import { Count, decodeJsonWith } from '../util/codec.js';
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
  t.type({ packet_id: Count, content: t.string }),
  t.partial({ expires_in_ms: Count, receipt: ReceiptJson }),
]);

type SettledJson = t.TypeOf<typeof SettledJson>;

const FileJson = t.type({ sessions: t.array(t.tuple([t.string, t.array(SettledJson)])) });

/**
 * Writes at the end of a run what the next one has to recognise; writes nothing if there is nothing. Never rejects:
 * what can't be written is delivered again.
 */
export const keepUnacknowledged = async (
  path: string,
  clock: Clock,
  sessions: SettledBySession,
  files = systemFiles,
): Promise<void> => {
  const some = [...sessions].filter(([, settled]) => settled.length > 0);
  if (some.length === 0) return;
  const json = some.map(([name, settled]) => [name, settled.map((each) => jsonOf(each, clock))]);
  await files.write(path, JSON.stringify({ sessions: json })).catch(() => undefined);
};

/**
 * Reads and removes what the previous run left. Removed first, as it is valid for one run: later, an equal message
 * could have the packet id. Empty if the file can't be removed or is broken.
 */
export const takeUnacknowledged = async (
  path: string,
  clock: Clock,
  files = systemFiles,
): Promise<SettledBySession> => {
  const text = files.read(path);
  if (E.isLeft(text)) return new Map();
  const isRemoved = await files.remove(path).then(
    () => true,
    () => false,
  );
  return pipe(
    isRemoved ? decodeJsonWith(FileJson)(text.right) : E.left('still there'),
    E.match(
      () => new Map(),
      ({ sessions }) =>
        new Map(sessions.map(([name, settled]) => [name, settled.flatMap((each) => settledOf(each, clock))])),
    ),
  );
};

/** The time of receipt is needed only with a lifetime, so it is left out otherwise. */
const jsonOf = ({ packetId, content, receivedAt, expiresInMs }: Settled, clock: Clock): SettledJson => ({
  packet_id: packetId,
  content,
  ...(expiresInMs === undefined
    ? {}
    : { expires_in_ms: expiresInMs, receipt: receiptToJson(receiptOf(clock, receivedAt)) }),
});

/** Drops entries whose remaining lifetime is unknown after a reboot: an equal later message could be taken for them. */
const settledOf = (
  { packet_id: packetId, content, expires_in_ms: expiresInMs, receipt }: SettledJson,
  clock: Clock,
): readonly Settled[] => {
  if (expiresInMs === undefined) return [{ packetId, content, receivedAt: 0 }];
  const { arrivedAt, isKnown } = arrivalOf(clock, receiptOfJson(receipt));
  return isKnown ? [{ packetId, content, receivedAt: arrivedAt, expiresInMs }] : [];
};
