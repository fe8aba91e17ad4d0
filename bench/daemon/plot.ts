import { dark, light, properties } from '../../lib/report/palette.js';
import type { Comparison, Row } from './comparison.js';
import { median } from './statistics.js';
import { figure } from './table.js';

const width = 760;
const left = 236;
const right = 96;
const top = 56;
const rowHeight = 52;
const barHeight = 16;

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** Position of a value on the axis, px. */
type Scale = (value: number) => number;

const scaleOf = (kind: 'linear' | 'log', values: readonly number[]): Scale => {
  const most = Math.max(...values);
  const length = width - left - right;
  if (kind === 'linear') return (value) => (value / most) * length;
  const least = Math.min(...values) / 1.5;
  return (value) => (Math.log(value / least) / Math.log(most / least)) * length;
};

/** The median as a bar from the axis, or as a dot if the scale has no zero; minimum and maximum as a line. */
const side = (
  values: readonly number[],
  tone: string,
  y: number,
  kind: 'linear' | 'log',
  at: Scale,
): string => {
  const middle = y + barHeight / 2;
  const [from, mid, to] = [Math.min(...values), median(values), Math.max(...values)].map(
    (value) => left + at(value),
  );
  const mark =
    kind === 'linear'
      ? `<rect class="${tone}" x="${left}" y="${y}" width="${px((mid ?? left) - left)}" height="${barHeight}" rx="2"/>`
      : `<circle class="${tone}" cx="${px(mid)}" cy="${middle}" r="5"/>`;
  return `${mark}<path class="spread" d="M${px(from)} ${middle}H${px(to)}M${px(from)} ${middle - 4}v8M${px(to)} ${middle - 4}v8"/><text class="value" x="${px((to ?? 0) + 8)}" y="${middle + 4}">${figure(median(values))}</text>`;
};

const px = (value: number | undefined): string => (value ?? 0).toFixed(1);

const group = (row: Row, index: number, kind: 'linear' | 'log', at: Scale): string => {
  const y = top + index * rowHeight;
  const label = `<text class="label" x="${left - 12}" y="${y + barHeight + 6}">${escaped(row.measure)}</text>`;
  return (
    label +
    side(row.ours, 'ours', y, kind, at) +
    (row.theirs.length > 0 ? side(row.theirs, 'theirs', y + barHeight + 4, kind, at) : '')
  );
};

/** Draws the rows of a comparison: medians with minimum and maximum, for light and dark backgrounds. */
export const plot = (
  { ours, theirs, rows }: Comparison,
  { title, kind }: { readonly title: string; readonly kind: 'linear' | 'log' },
): string => {
  const at = scaleOf(
    kind,
    rows.flatMap((row) => [...row.ours, ...row.theirs]),
  );
  const height = top + rows.length * rowHeight + 8;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escaped(title)}">
<style>
svg{${properties(light)}font:13px system-ui,sans-serif;background:var(--paper)}
@media (prefers-color-scheme:dark){svg{${properties(dark)}}}
text{fill:var(--ink)}.label{text-anchor:end}.value{fill:var(--muted);font-variant-numeric:tabular-nums}.title{font-weight:600}
.ours{fill:var(--notified)}.theirs{fill:var(--open)}.spread{stroke:var(--ink);fill:none}.axis{stroke:var(--line)}
</style>
<rect width="${width}" height="${height}" fill="var(--paper)"/>
<text class="title" x="16" y="26">${escaped(title)}</text>
<circle class="ours" cx="${width - 220}" cy="22" r="5"/><text x="${width - 210}" y="26">${escaped(ours)}</text>
<circle class="theirs" cx="${width - 130}" cy="22" r="5"/><text x="${width - 120}" y="26">${escaped(theirs)}</text>
<path class="axis" d="M${left} ${top - 8}V${height - 8}"/>
${rows.map((row, index) => group(row, index, kind, at)).join('\n')}
</svg>
`;
};
