import { constants } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import type { DeadLettered, Notified } from '../rules/settlement.js';
import { endOf } from '../rules/tally.js';
import { AppendFile } from '../storage/append-file.js';
import { writeFileAtomic } from '../storage/atomic-write.js';
import { openOwn, problemOf } from '../storage/own-file.js';
import { Count, decodeJsonWith } from '../util/codec.js';
import { errorCode } from '../util/error-code.js';
import { linesOf } from '../util/lines.js';
import { isTime } from '../util/time.js';

/** What became of the replays of one letter. */
export interface Mark {
  /** `begun`: a replay was interrupted, and cvmain may have it. `notified`: cvmain has it. Else why it failed again. */
  readonly outcome: string;
  /** Calls to cvmain by all replays. */
  readonly attempts: number;
  /** Of the last outcome; wall clock, ms since the epoch. */
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

/** Past this size, marks of letters that are gone are left out. */
const compactBytes = 1_048_576;

const path = (directory: string): string => join(directory, marksFile);

/** The marks by the letters' ids. Lines that are broken are left out. Left: the file is there, and can't be read. */
export async function readMarks(directory: string): Promise<E.Either<string, Map<string, Mark>>> {
  const marks = new Map<string, Mark>();
  try {
    const file = await openOwn(path(directory), constants.O_RDONLY);
    for await (const lines of linesOf(file.createReadStream())) {
      for (const line of lines) {
        const mark = typeof line === 'string' ? decodeJsonWith(MarkJson)(line) : E.left(line);
        if (E.isRight(mark)) add(marks, mark.right);
      }
    }
  } catch (error) {
    if (errorCode(error) !== 'ENOENT' && errorCode(error) !== 'ENOTDIR')
      return E.left(`${path(directory)}: can't be read (${problemOf(error)})`);
  }
  return E.right(marks);
}

const add = (marks: Map<string, Mark>, { id, outcome, attempts, at }: t.TypeOf<typeof MarkJson>): void => {
  marks.set(id, { outcome, attempts: attempts + (marks.get(id)?.attempts ?? 0), at });
};

/** Where a replay notes what it does, each note on the disk before it goes on. Left is what kept it from the disk. */
export interface Marking {
  /** This letter is about to be sent. */
  begin(id: string): Promise<E.Either<string, void>>;
  /** It ended so. */
  end(id: string, settlement: Notified | DeadLettered): Promise<E.Either<string, void>>;
  close(): Promise<void>;
}

/**
 * Opens the file for notes. `marks` is its content, of which a file that has grown large keeps what is known of the
 * letters that are `present`: an id that has gone does not come back.
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
      await writeFileAtomic(path(directory), kept.map(([id, mark]) => lineOf({ id, ...mark })).join(''));
    }
  } catch (error) {
    return E.left(`${path(directory)}: ${problemOf(error)}`);
  }
  const file = new AppendFile({ path: path(directory), maxBytes: Number.POSITIVE_INFINITY });
  const note = (id: string, outcome: string, attempts: number) =>
    file.append(JSON.stringify({ id, outcome, attempts, at: now() }));
  return E.right({
    begin: (id) => note(id, 'begun', 0),
    end: (id, settlement) => note(id, endOf(settlement), settlement.attempts),
    close: () => file.close(),
  });
}

const lineOf = (mark: t.TypeOf<typeof MarkJson>): string => `${JSON.stringify(mark)}\n`;

const sizeOf = (file: string): Promise<number> =>
  stat(file).then(
    ({ size }) => size,
    () => 0,
  );
