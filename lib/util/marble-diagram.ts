import * as E from 'fp-ts/lib/Either.js';

/** A mark in a diagram, and its frame: a column, counted from 0. */
export interface Marble {
  readonly frame: number;
  readonly mark: string;
}

/** A parsed diagram. */
export interface Diagram {
  /** In order from left to right. */
  readonly marbles: readonly Marble[];
  /** The number of columns. */
  readonly length: number;
  /** The column of `|`, if any. */
  readonly end?: number;
}

/** The maximum length of a diagram, columns. */
export const maxColumns = 1_000;

/**
 * Parses a marble diagram. A column is a frame; `-` is a frame in which nothing happens; any other mark happens in its
 * column; `(ab)` are marks in the column of the opening parenthesis, in this order; `|` may end the diagram. So marks in the
 * same column of two diagrams happen in the same frame. `marks`: the characters allowed as marks. Left: what is wrong, and
 * in which column, counted from 1.
 */
export const parseDiagram = (text: string, marks: RegExp): E.Either<string, Diagram> => {
  if (text === '') return E.left('the diagram is empty');
  if (text.length > maxColumns) return E.left(`has ${text.length} columns, more than ${maxColumns}`);
  const marbles: Marble[] = [];
  let group: number | undefined;
  for (const [column, mark] of [...text].entries()) {
    const wrong = (what: string): E.Either<string, never> => E.left(`column ${column + 1}: ${what}`);
    if (mark === '(') {
      if (group !== undefined) return wrong('nested parentheses');
      group = column;
    } else if (mark === ')') {
      if (group === undefined) return wrong('")" without "("');
      group = undefined;
    } else if (mark === '|') {
      if (group !== undefined) return wrong('"|" within parentheses');
      if (column < text.length - 1) return wrong('"|" must be the last character');
      return E.right({ marbles, length: text.length, end: column });
    } else if (mark === '-') {
      if (group !== undefined) return wrong('"-" within parentheses');
    } else if (marks.test(mark)) {
      marbles.push({ frame: group ?? column, mark });
    } else
      return wrong(mark === ' ' ? 'a space; use "-" for an empty frame' : `"${mark}" is not allowed here`);
  }
  return group === undefined ? E.right({ marbles, length: text.length }) : E.left('"(" without ")"');
};

/**
 * Draws marbles as rows of at least `length` columns: one row, and more if marks of neighbouring frames don't fit into one.
 * The inverse of {@link parseDiagram}: parsing the rows and merging them gives the same marbles.
 */
export const drawDiagram = (marbles: readonly Marble[], length: number): readonly string[] => {
  const rows = [''];
  for (const [frame, marks] of byFrame(marbles)) {
    const text = marks.length === 1 ? marks : `(${marks})`;
    const free = rows.findIndex((row) => row.length <= frame);
    const row = free < 0 ? rows.push('') - 1 : free;
    rows[row] = (rows[row] ?? '').padEnd(frame, '-') + text;
  }
  return rows.map((row) => row.padEnd(length, '-'));
};

const byFrame = (marbles: readonly Marble[]): readonly (readonly [frame: number, marks: string])[] => {
  const frames = new Map<number, string>();
  for (const { frame, mark } of marbles) frames.set(frame, (frames.get(frame) ?? '') + mark);
  return [...frames].sort(([one], [other]) => one - other);
};
