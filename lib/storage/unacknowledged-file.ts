import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import * as t from 'io-ts';
import type { Clock } from '../clock/clock.js';
import { arrivalOf, ReceiptJson, receiptOf, receiptOfJson, receiptToJson } from '../clock/receipt.js';
import { Count, decodeJsonWith } from '../util/codec.js';
import { systemFiles } from './whole-files.js';

/** A message that was settled and not acknowledged: the broker sends it again, and it must not be delivered again. */
export interface Settled {
  readonly packetId: number;
  /** What tells its topic and payload from others, see `digest` of lib/mqtt/session/pending.ts. */
  readonly content: string;
  /** Uptime at its first receipt, ms. */
  readonly receivedAt: number;
  /** What was left of its MQTT 5 lifetime then, ms. */
  readonly expiresInMs?: number | undefined;
}

/** By the name of the session, see `sessionName`. */
export type SettledBySession = ReadonlyMap<string, readonly Settled[]>;

const SettledJson = t.intersection([
  t.type({ packet_id: Count, content: t.string }),
  t.partial({ expires_in_ms: Count, receipt: ReceiptJson }),
]);

type SettledJson = t.TypeOf<typeof SettledJson>;

const FileJson = t.type({ sessions: t.array(t.tuple([t.string, t.array(SettledJson)])) });

/**
 * Writes, at the end of a run, what the next one has to recognise. Where there is nothing, nothing is written. Never
 * rejects: what can't be written is delivered again.
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
 * Takes what the run before has kept. It is for this run alone, so the file is removed first: in a later one an equal message
 * could have the packet id by then. Where it can't be removed, or is broken, there is nothing.
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

/** Only a lifetime needs the time of receipt: without one, the file says no more than it has to. */
const jsonOf = ({ packetId, content, receivedAt, expiresInMs }: Settled, clock: Clock): SettledJson => ({
  packet_id: packetId,
  content,
  ...(expiresInMs === undefined
    ? {}
    : { expires_in_ms: expiresInMs, receipt: receiptToJson(receiptOf(clock, receivedAt)) }),
});

/** One with a lifetime that can't be told after a reboot is not recognised: an equal one of later could be taken for it. */
const settledOf = (
  { packet_id: packetId, content, expires_in_ms: expiresInMs, receipt }: SettledJson,
  clock: Clock,
): readonly Settled[] => {
  if (expiresInMs === undefined) return [{ packetId, content, receivedAt: 0 }];
  const { arrivedAt, isKnown } = arrivalOf(clock, receiptOfJson(receipt));
  return isKnown ? [{ packetId, content, receivedAt: arrivedAt, expiresInMs }] : [];
};
