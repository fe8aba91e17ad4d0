import { constants } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import type { DeadLettered, Notified } from '../rules/settlement.js';
import { resultOf } from '../rules/tally.js';
import { AppendFile } from '../storage/append-file.js';
import { writeFileAtomic } from '../storage/atomic-write.js';
import { openOwn, problemOf } from '../storage/own-file.js';
import { decodeState, stateFormats, unreadText } from '../storage/state-formats.js';
import { Count } from '../util/codec.js';
import { errorCode } from '../util/error-code.js';
import { linesOf } from '../util/lines.js';
import { isTime } from '../util/time.js';

/** The outcome of the replays of one letter. */
export interface Mark {
  /** `begun`: a replay was interrupted, cvmain may have it. `notified`: cvmain has it. Else the reason it failed again. */
  readonly outcome: string;
  /** Number of calls to cvmain, over all replays. */
  readonly attempts: number;
  /** When the last outcome was recorded; wall clock, ms since the epoch. */
  readonly at: number;
}

const MarkJson = t.type({
  id: t.string,
  outcome: t.string,
  attempts: Count,
  at: t.refinement(t.number, isTime, 'a time'),
});

/** The file of marks, in the daemon's state directory. */
const marksFile = 'dead-letters-replayed.ndjson';

/** Past this size, the file is rewritten without marks of letters that are gone. */
const compactBytes = 1_048_576;

const path = (directory: string): string => join(directory, marksFile);

/** Reads the marks, by letter id. Skips broken lines; a missing file has no marks. Left: the file can't be read, or is of a newer version. */
export async function readMarks(directory: string): Promise<E.Either<string, Map<string, Mark>>> {
  const marks = new Map<string, Mark>();
  try {
    const file = await openOwn(path(directory), constants.O_RDONLY);
    for await (const lines of linesOf(file.createReadStream())) {
      for (const line of lines) {
        const mark = typeof line === 'string' ? markIn(line) : E.left(line);
        if (E.isRight(mark)) add(marks, mark.right);
        // Read without them, letters that were sent would be sent again.
        else if ('reason' in mark.left && mark.left.reason === 'newer')
          return E.left(
            `${path(directory)}: ${unreadText(mark.left)}. Upgrade cvmqtt again, or move the file away: then no letter counts as replayed`,
          );
      }
    }
  } catch (error) {
    if (errorCode(error) !== 'ENOENT' && errorCode(error) !== 'ENOTDIR')
      return E.left(`${path(directory)}: can't be read (${problemOf(error)})`);
  }
  return E.right(marks);
}

const markIn = decodeState(MarkJson, stateFormats.replayed);

const add = (marks: Map<string, Mark>, { id, outcome, attempts, at }: t.TypeOf<typeof MarkJson>): void => {
  marks.set(id, { outcome, attempts: attempts + (marks.get(id)?.attempts ?? 0), at });
};

/** Records a replay. Each mark is on the disk when its promise resolves. Left: why it could not be written. */
export interface Marking {
  /** Records that the letter is about to be sent. */
  begin(id: string): Promise<E.Either<string, void>>;
  /** Records the letter's settlement. */
  end(id: string, settlement: Notified | DeadLettered): Promise<E.Either<string, void>>;
  close(): Promise<void>;
}

/**
 * Opens the file for new marks. `marks` is its content. A file that has grown large is rewritten with the marks of the
 * letters that are `present` only: an id that is gone does not come back.
 */
export async function openMarking(
  directory: string,
  marks: ReadonlyMap<string, Mark>,
  present: ReadonlySet<string>,
  now: () => number,
): Promise<E.Either<string, Marking>> {
  try {
    if ((await sizeOf(path(directory))) > compactBytes) {
      const kept = [...marks].filter(([id]) => present.has(id));
      await writeFileAtomic(
        path(directory),
        kept.map(([id, mark]) => `${textOf({ id, ...mark })}\n`).join(''),
      );
    }
  } catch (error) {
    return E.left(`${path(directory)}: ${problemOf(error)}`);
  }
  const file = new AppendFile({ path: path(directory), maxBytes: Number.POSITIVE_INFINITY });
  const note = (id: string, outcome: string, attempts: number) =>
    file.append(textOf({ id, outcome, attempts, at: now() }));
  return E.right({
    begin: (id) => note(id, 'begun', 0),
    end: (id, settlement) => note(id, resultOf(settlement), settlement.attempts),
    close: () => file.close(),
  });
}

const textOf = (mark: t.TypeOf<typeof MarkJson>): string =>
  JSON.stringify({ format: stateFormats.replayed, ...mark });

const sizeOf = (file: string): Promise<number> =>
  stat(file).then(
    ({ size }) => size,
    () => 0,
  );
