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

/** The diagrams of a test that begins in line `start`, with the values of their letters. Complains about mistakes. */
export const readDiagrams = (
  body: readonly Line[],
  given: Given,
  start: number,
  complain: Complain,
): Omit<RuleTest, 'name' | 'line' | 'given'> => {
  const rows = readRows(body, complain);
  const of = (...keys: readonly string[]): readonly Row[] => rows.filter(({ key }) => keys.includes(key));
  const published = lettersIn(of('publish'));
  const set = lettersIn(of('set'));
  if (marblesOf(rows).length > maxMarks) complain(start, `the test has more than ${maxMarks} marks`);
  if (published.size === 0) complain(start, 'nothing is published');
  for (const letter of published) {
    if (set.has(letter)) complain(start, `${letter} is both a message and a set`);
  }
  for (const row of of(...resultKeys)) {
    for (const letter of lettersIn([row])) {
      if (!published.has(letter)) complain(row.number, `${letter} is not published`);
    }
  }
  const values = readValues(body, complain);
  for (const [letter, { number }] of values) {
    if (!published.has(letter) && !set.has(letter)) complain(number, `${letter} is in no diagram`);
  }
  for (const row of of('publish', 'set')) {
    for (const letter of lettersIn([row])) {
      if (!values.has(letter))
        complain(row.number, `${letter} has no value: a line "${letter} = …" is missing`);
    }
  }
  const valuesOf = <A>(used: ReadonlySet<string>, parse: (text: string) => E.Either<string, A>) => {
    const parsed = new Map<string, A>();
    for (const [letter, { number, text }] of values) {
      if (!used.has(letter)) continue;
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
  let stands: number | undefined;
  for (const line of body) {
    if (line.kind !== 'diagram') continue;
    const { number, key, column, text } = line;
    const diagram = parseDiagram(text, key === 'cvmain' ? manners : letters);
    stands ??= column;
    if (column !== stands) {
      complain(number, `${key}: all diagrams of a test must begin in the same column`);
    }
    if (E.isLeft(diagram)) complain(number, `${key}: ${diagram.left}`);
    else rows.push({ number, key, text, diagram: diagram.right });
  }
  return rows;
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

/** The frame of `|`, if any. Complains about marks at or after it. */
const readEnd = (rows: readonly Row[], complain: Complain): number | undefined => {
  const end = rows.find(({ diagram }) => diagram.end !== undefined)?.diagram.end;
  if (end === undefined) return undefined;
  for (const { number, key, diagram } of rows) {
    const isOther = diagram.end !== undefined && diagram.end !== end;
    if (isOther || diagram.marbles.some(({ frame }) => frame >= end)) {
      complain(number, `${key}: the test ends in column ${end + 1}, where another diagram has "|"`);
    }
  }
  return end;
};

const lettersIn = (rows: readonly Row[]): ReadonlySet<string> =>
  new Set(marblesOf(rows).map(({ mark }) => mark));

/** By frame; within a frame in the order of the rows. */
const marblesOf = (rows: readonly Row[]): readonly Marble[] =>
  rows.flatMap(({ diagram }) => diagram.marbles).sort((one, other) => one.frame - other.frame);
