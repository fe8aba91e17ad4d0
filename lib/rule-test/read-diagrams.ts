import * as E from 'fp-ts/lib/Either.js';
import { type Diagram, type Marble, parseDiagram } from '../util/marble-diagram.js';
import type { Given } from './given.js';
import { type InputKey, type Line, type ResultKey, resultKeys } from './lines.js';
import type { Complain } from './problem.js';
import { parsePublish } from './publish-value.js';
import { manners, type RuleTest } from './rule-test.js';
import { parseSet } from './set-value.js';

const letters = /[A-Za-z0-9]/;

/** The maximum number of marks in a test. */
const maxMarks = 2_000;

interface Row {
  readonly number: number;
  readonly key: InputKey | ResultKey;
  readonly text: string;
  readonly diagram: Diagram;
}

/**
 * The diagrams of a test that begins in line `start`, with the values of their letters. Complains about mistakes, each once:
 * about a letter only if no line that can't be read mentions it.
 */
export const readDiagrams = (
  body: readonly Line[],
  given: Given,
  start: number,
  complain: Complain,
): Omit<RuleTest, 'name' | 'line' | 'given'> => {
  const rows = readRows(body, complain);
  const mayHold = unreadHolds(body, rows);
  const of = (...keys: readonly string[]): readonly Row[] => rows.filter(({ key }) => keys.includes(key));
  const published = lettersIn(of('publish'));
  const set = lettersIn(of('set'));
  if (marblesOf(rows).length > maxMarks) complain(start, `the test has more than ${maxMarks} marks`);
  if (published.size === 0 && !mayHold('')) complain(start, 'nothing is published');
  for (const letter of published) {
    if (set.has(letter)) complain(start, `${letter} is both a message and a set`);
  }
  const values = readValues(body, complain);
  const results = of(...resultKeys);
  for (const [letter, number] of firstLines(results)) {
    if (published.size > 0 && !published.has(letter) && !mayHold(letter))
      complain(number, `${letter} is not published`);
  }
  const drawn = new Set([...published, ...set, ...lettersIn(results)]);
  for (const [letter, { number }] of values) {
    if (!drawn.has(letter) && !mayHold(letter)) complain(number, `${letter} is in no diagram`);
  }
  for (const [letter, number] of firstLines(of('publish', 'set'))) {
    if (!values.has(letter) && !mayHold(letter))
      complain(number, `${letter} has no value: a line "${letter} = …" is missing`);
  }
  const valuesOf = <A>(used: ReadonlySet<string>, parse: (text: string) => E.Either<string, A>) => {
    const parsed = new Map<string, A>();
    for (const [letter, { number, text }] of values) {
      if (!used.has(letter) || (published.has(letter) && set.has(letter))) continue;
      const value = parse(text);
      if (E.isRight(value)) parsed.set(letter, value.right);
      else complain(number, `${letter}: ${value.left}`);
    }
    return parsed;
  };
  const messages = valuesOf(published, (text) => parsePublish(text, given.filters));
  const sets = valuesOf(set, parseSet);
  const endFrame = readEnd(rows, complain);
  return {
    publishes: marblesOf(of('publish')).flatMap(({ frame, mark: letter }) => {
      const sent = messages.get(letter);
      return sent === undefined ? [] : [{ frame, letter, sent }];
    }),
    sets: marblesOf(of('set')).flatMap(({ frame, mark }) => {
      const value = sets.get(mark);
      return value === undefined ? [] : [{ frame, set: value }];
    }),
    manners: marblesOf(of('cvmain')).map(({ frame, mark: manner }) => ({ frame, manner })),
    expected: resultKeys.flatMap((result) =>
      marblesOf(of(result)).map(({ frame, mark: letter }) => ({ frame, letter, result })),
    ),
    ...(endFrame === undefined ? {} : { endFrame }),
    drawn: of('publish', 'set', 'cvmain').map(({ key, text }) => ({ key, text })),
    length: Math.max(0, ...rows.map(({ diagram }) => diagram.length)),
  };
};

const readRows = (body: readonly Line[], complain: Complain): readonly Row[] => {
  const rows: Row[] = [];
  const usual = usualStart(body);
  for (const line of body) {
    if (line.kind !== 'diagram') continue;
    const { number, key, column, text } = line;
    const diagram = parseDiagram(text, key === 'cvmain' ? manners : letters);
    if (usual !== undefined && column !== usual.column && text !== '') {
      const other = `that of ${usual.key} (line ${usual.number}) in column ${usual.column + 1}`;
      complain(number, `${key}: the diagram begins in column ${column + 1} of the line, ${other}`);
    }
    if (E.isLeft(diagram)) complain(number, `${key}: ${diagram.left}`);
    else rows.push({ number, key, text, diagram: diagram.right });
  }
  return rows;
};

/** The first of those diagrams that begin where most do. */
const usualStart = (body: readonly Line[]) => {
  const diagrams = body.filter((line) => line.kind === 'diagram').filter(({ text }) => text !== '');
  const alike = (column: number): number => diagrams.filter((other) => other.column === column).length;
  const most = Math.max(...diagrams.map(({ column }) => alike(column)));
  return diagrams.find(({ column }) => alike(column) === most);
};

/** Whether a line that can't be read may be meant to hold a letter; for an empty one, whether there is such a line. */
const unreadHolds = (body: readonly Line[], rows: readonly Row[]): ((letter: string) => boolean) => {
  const read = new Set(rows.map(({ number }) => number));
  const texts = body.flatMap((line) =>
    line.kind === 'unread' || (line.kind === 'diagram' && !read.has(line.number)) ? [line.text] : [],
  );
  // An empty diagram may be meant to hold any.
  return (letter) => texts.some((text) => text === '' || text.includes(letter));
};

const readValues = (
  body: readonly Line[],
  complain: Complain,
): ReadonlyMap<string, { readonly number: number; readonly text: string }> => {
  const values = new Map<string, { number: number; text: string }>();
  for (const line of body) {
    if (line.kind !== 'value') continue;
    const { number, letter, text } = line;
    if (values.has(letter)) complain(number, `${letter} has a value already`);
    else values.set(letter, { number, text });
  }
  return values;
};

/** The frame of `|`, if any. Complains about the first diagram with marks at or after it. */
const readEnd = (rows: readonly Row[], complain: Complain): number | undefined => {
  const ended = rows.find(({ diagram }) => diagram.end !== undefined);
  const end = ended?.diagram.end;
  if (ended === undefined || end === undefined) return undefined;
  const later = rows.find(
    ({ diagram }) => (diagram.end ?? end) !== end || diagram.marbles.some(({ frame }) => frame >= end),
  );
  if (later !== undefined) {
    const where = `in column ${end + 1}, where ${ended.key} (line ${ended.number}) has "|"`;
    complain(later.number, `${later.key}: the test ends ${where}`);
  }
  return end;
};

const lettersIn = (rows: readonly Row[]): ReadonlySet<string> =>
  new Set(marblesOf(rows).map(({ mark }) => mark));

/** The line in which each letter is for the first time. */
const firstLines = (rows: readonly Row[]): ReadonlyMap<string, number> => {
  const lines = new Map<string, number>();
  for (const row of rows) {
    for (const letter of lettersIn([row])) if (!lines.has(letter)) lines.set(letter, row.number);
  }
  return lines;
};

/** By frame; within a frame in the order of the rows. */
const marblesOf = (rows: readonly Row[]): readonly Marble[] =>
  rows.flatMap(({ diagram }) => diagram.marbles).sort((one, other) => one.frame - other.frame);
