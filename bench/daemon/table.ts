import { type Bound, type Comparison, holds, type Row } from './comparison.js';
import { median, ratios } from './statistics.js';

/** A number with at least three significant digits. */
export const figure = (value: number): string => {
  if (!Number.isFinite(value)) return '–';
  if (value >= 100) return Math.round(value).toLocaleString('en');
  return value.toFixed(value >= 10 ? 1 : 2);
};

/** Median with minimum and maximum. */
const spread = (values: readonly number[]): string => {
  if (values.length < 2) return values.map(figure).join('');
  return `${figure(median(values))} (${figure(Math.min(...values))}–${figure(Math.max(...values))})`;
};

const verdict = (row: Row, bound: Bound): string => {
  const limit = 'least' in bound ? `≥ ${figure(bound.least)}` : `≤ ${figure(bound.most)}`;
  const of = bound.of === 'ratio' ? 'ratio' : row.unit;
  return `${of} ${limit}: ${holds(row, bound) ? 'ok' : 'MISSED'}`;
};

const cellsOf = (row: Row): readonly string[] => [
  row.measure,
  row.unit,
  spread(row.ours),
  spread(row.theirs),
  spread(ratios(row.ours, row.theirs)),
  (row.bounds ?? []).map((bound) => verdict(row, bound)).join(', '),
];

/** A comparison as a Markdown table with aligned columns and notes. */
export const table = ({ ours, theirs, rows, notes = [] }: Comparison): string => {
  const cells = [['', '', ours, theirs, 'ratio', 'bound'], ...rows.map(cellsOf)];
  const widths = [0, 1, 2, 3, 4, 5].map((at) => Math.max(3, ...cells.map((line) => line[at]?.length ?? 0)));
  const drawn = cells.map(
    (line) => `| ${line.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(' | ')} |`,
  );
  const rule = `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`;
  const [head = '', ...body] = drawn;
  return [head, rule, ...body, ...notes.flatMap((note) => ['', note])].join('\n');
};
