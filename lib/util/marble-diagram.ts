import * as E from 'fp-ts/lib/Either.js';

/** A mark in a diagram, and the frame in which it stands: a column, counted from 0. */
export interface Marble {
  readonly frame: number;
  readonly mark: string;
}

/** A diagram, taken apart. */
export interface Diagram {
  /** From left to right. */
  readonly marbles: readonly Marble[];
  /** Its columns. */
  readonly length: number;
  /** Where `|` stands. */
  readonly end?: number;
}

/** The longest diagram, in columns. */
export const maxColumns = 1_000;

/**
 * Takes a marble diagram apart: a column is a frame, `-` is a frame in which nothing happens, any other mark happens in its
 * column, `(ab)` are marks in the column of the parenthesis, in this order, and `|` may end it. So what stands in the same
 * column of two diagrams happens in the same frame. `marks` are those that may stand in it. Left says what is wrong, and
 * in which column, counted from 1.
 */
export const parseDiagram = (text: string, marks: RegExp): E.Either<string, Diagram> => {
  if (text === '') return E.left('there is no diagram');
  if (text.length > maxColumns) return E.left(`has ${text.length} columns, more than ${maxColumns}`);
  const marbles: Marble[] = [];
  let group: number | undefined;
  for (const [column, mark] of [...text].entries()) {
    const wrong = (what: string): E.Either<string, never> => E.left(`column ${column + 1}: ${what}`);
    if (mark === '(') {
      if (group !== undefined) return wrong('a parenthesis within parentheses');
      group = column;
    } else if (mark === ')') {
      if (group === undefined) return wrong('a parenthesis is closed that is not open');
      group = undefined;
    } else if (mark === '|') {
      if (group !== undefined) return wrong('"|" within parentheses');
      if (column < text.length - 1) return wrong('something stands behind "|"');
      return E.right({ marbles, length: text.length, end: column });
    } else if (mark === '-') {
      if (group !== undefined) return wrong('"-" within parentheses');
    } else if (marks.test(mark)) {
      marbles.push({ frame: group ?? column, mark });
    } else return wrong(mark === ' ' ? 'a blank: "-" is a frame without event' : `"${mark}" is no mark here`);
  }
  return group === undefined
    ? E.right({ marbles, length: text.length })
    : E.left('a parenthesis is not closed');
};

/**
 * Draws marbles as diagrams of at least `length` columns: one row, and more below it where marks of neighbouring frames
 * have no room in one. The inverse of {@link parseDiagram}: its rows, taken apart and put together, are the same marbles.
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
