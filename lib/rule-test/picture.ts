import { compactDuration } from '../util/duration.js';
import { drawDiagram } from '../util/marble-diagram.js';
import type { Difference } from './difference.js';
import { resultKeys } from './lines.js';
import type { MessageResult, RuleTest } from './rule-test.js';

/** The maximum number of columns drawn: what fits a terminal. */
const maxWidth = 100;

/**
 * Draws the diagrams of a failed test below each other: the inputs, then the results, with expected above found if they
 * differ, and a mark below the first difference. Long diagrams are cut to the part around it.
 */
export const picture = (
  test: RuleTest,
  found: readonly MessageResult[],
  { frame }: Difference,
): readonly string[] => {
  const columns = Math.max(test.length, ...found.map((each) => each.frame + 1), frame + 1);
  const from = frame < maxWidth || columns <= maxWidth ? 0 : frame - maxWidth / 2;
  const to = Math.min(columns, from + maxWidth);
  const draw = (results: readonly MessageResult[]): readonly string[] =>
    drawDiagram(
      results
        .filter((each) => each.frame >= from && each.frame < to)
        .map((each) => ({ frame: each.frame - from, mark: each.letter })),
      to - from,
    );
  const rows: (readonly [label: string, diagram: string])[] = [
    ['', axis(from, to, test.given.frameMs)],
    ...test.drawn.map(({ key, text }) => [key, text.slice(from, to)] as const),
  ];
  for (const result of resultKeys) {
    const expectedRows = draw(test.expected.filter((each) => each.result === result));
    const foundRows = draw(found.filter((each) => each.result === result));
    const isSame = expectedRows.join() === foundRows.join();
    if (isSame && /^-*$/.test(expectedRows.join(''))) continue;
    rows.push(...expectedRows.map((row) => [isSame ? result : `${result} expected`, row] as const));
    if (!isSame) rows.push(...foundRows.map((row) => [`${result} found`, row] as const));
  }
  rows.push(['', `${' '.repeat(frame - from)}^`]);
  const width = Math.max(...rows.map(([label]) => label.length));
  return rows.map(([label, diagram]) => `${label.padEnd(width)}  ${diagram}`.trimEnd());
};

/** A row of times above their columns, every 10 or 20 columns. */
const axis = (from: number, to: number, frameMs: number): string => {
  const labels = (step: number): readonly (readonly [column: number, time: string])[] => {
    const first = Math.ceil(from / step) * step;
    return Array.from({ length: Math.max(0, Math.ceil((to - first) / step)) }, (_, at) => {
      const column = first + at * step;
      return [column - from, compactDuration(column * frameMs)];
    });
  };
  const close = labels(10);
  const fits = close.every(([, time]) => time.length < 10);
  return (fits ? close : labels(20)).reduce((text, [column, time]) => text.padEnd(column) + time, '');
};
