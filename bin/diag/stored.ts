import { constants } from 'node:fs';
import { join } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import { openDeadLetters } from '../../lib/dead-letters/letters.js';
import { readMarks } from '../../lib/dead-letters/marks.js';
import { NewestLines } from '../../lib/diag/newest-lines.js';
import { letterLine, recorderLine, spoolLine } from '../../lib/diag/stored.js';
import { openOwn, problemOf } from '../../lib/storage/own-file.js';
import { errorCode } from '../../lib/util/error-code.js';
import { linesOf } from '../../lib/util/lines.js';
import { plural } from '../../lib/util/plural.js';
import { recorded } from '../recorded.js';
import { type Part, unread, whole } from './part.js';

/** The dead letters that are in the state directory, the newest if there are too many. */
export const deadLetters: Part = {
  file: 'dead-letters.ndjson',
  about: 'what was not delivered',
  collect: async ({ stateDirectory, withPayloads }) => {
    const letters = await openDeadLetters(stateDirectory);
    if (E.isLeft(letters)) return unread(letters.left);
    const marks = await readMarks(stateDirectory);
    const markOf = E.isRight(marks) ? marks.right : new Map<string, undefined>();
    const newest = new NewestLines();
    let broken = 0;
    for await (const each of letters.right.read()) {
      if ('id' in each) newest.add(letterLine(each, markOf.get(each.id), withPayloads));
      else broken += each.lines;
    }
    await letters.right.close();
    const problems = [...newest.problems, ...(E.isLeft(marks) ? [marks.left] : []), ...brokenLines(broken)];
    return { lines: newest.lines, problems };
  },
};

/** The messages that wait in the spool, and which of them are settled. */
export const spool: Part = {
  file: 'spool.ndjson',
  about: 'what waits on the disk',
  collect: async ({ stateDirectory, withPayloads }) => {
    const path = join(stateDirectory, 'spool.ndjson');
    try {
      const file = await openOwn(path, constants.O_RDONLY);
      const newest = new NewestLines();
      let broken = 0;
      for await (const lines of linesOf(file.createReadStream())) {
        for (const line of lines) {
          const shown = typeof line === 'string' ? spoolLine(line, withPayloads) : E.left(line.detail);
          if (E.isRight(shown)) newest.add(shown.right);
          else broken += 1;
        }
      }
      return { lines: newest.lines, problems: [...newest.problems, ...brokenLines(broken)] };
    } catch (error) {
      return errorCode(error) === 'ENOENT' ? whole([]) : unread(`${path}: ${problemOf(error)}`);
    }
  },
};

/** What the flight recorder has, also of a daemon that crashed. */
export const recording: Part = {
  file: 'recorder.ndjson',
  about: 'the flight recorder',
  collect: ({ layout, withPayloads }) => {
    const files = recorded(layout.root);
    if (E.isLeft(files)) return unread(files.left);
    const newest = new NewestLines();
    let broken = 0;
    for (const line of files.right.texts.flatMap((text) => text.split('\n'))) {
      if (line === '') continue;
      const shown = recorderLine(line, withPayloads);
      if (E.isRight(shown)) newest.add(shown.right);
      else broken += 1;
    }
    return {
      lines: newest.lines,
      problems: [...files.right.problems, ...newest.problems, ...brokenLines(broken)],
    };
  },
};

const brokenLines = (count: number): readonly string[] =>
  count === 0 ? [] : [`${plural(count, 'broken line')} left out`];
