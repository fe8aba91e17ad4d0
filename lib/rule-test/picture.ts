import { compactDuration } from '../util/duration.js';
import { drawDiagram } from '../util/marble-diagram.js';
import type { Difference } from './difference.js';
import { ends } from './lines.js';
import type { Ended, RuleTest } from './rule-test.js';

/** The columns that are drawn, at most: what fits a terminal. */
const maxWidth = 100;

/**
 * The diagrams of a failed test under each other: what happened, then how messages ended, with what was expected above
 * what was found where the two differ, and a mark under the first difference. Where they are long, a part around it.
 */
export const picture = (
  test: RuleTest,
  found: readonly Ended[],
  { frame }: Difference,
): readonly string[] => {
  const columns = Math.max(test.length, ...found.map((each) => each.frame + 1), frame + 1);
  const from = frame < maxWidth || columns <= maxWidth ? 0 : frame - maxWidth / 2;
  const to = Math.min(columns, from + maxWidth);
  const draw = (ended: readonly Ended[]): readonly string[] =>
    drawDiagram(
      ended
        .filter((each) => each.frame >= from && each.frame < to)
        .map((each) => ({ frame: each.frame - from, mark: each.letter })),
      to - from,
    );
  const rows: (readonly [label: string, diagram: string])[] = [
    ['', axis(from, to, test.given.frameMs)],
    ...test.drawn.map(({ key, text }) => [key, text.slice(from, to)] as const),
  ];
  for (const end of ends) {
    const expectedRows = draw(test.expected.filter((each) => each.end === end));
    const foundRows = draw(found.filter((each) => each.end === end));
    const isSame = expectedRows.join() === foundRows.join();
    if (isSame && /^-*$/.test(expectedRows.join(''))) continue;
    rows.push(...expectedRows.map((row) => [isSame ? end : `${end} expected`, row] as const));
    if (!isSame) rows.push(...foundRows.map((row) => [`${end} found`, row] as const));
  }
  rows.push(['', `${' '.repeat(frame - from)}^`]);
  const width = Math.max(...rows.map(([label]) => label.length));
  return rows.map(([label, diagram]) => `${label.padEnd(width)}  ${diagram}`.trimEnd());
};

/** Times over their columns, with room between them. */
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
