import { printable } from '../util/printable.js';
import { htmlDocument } from './document.js';
import { markup } from './markup.js';
import { svgPair } from './svg-pair.js';
import { svgStyle } from './svg-style.js';

/** A message that ends otherwise in the second run, as texts to show. */
export interface Change {
  /** The time of its arrival. */
  readonly at: string;
  /** Its name or topic. */
  readonly what: string;
  /** Its end in the first run, and in the second one. */
  readonly ends: readonly [string, string];
  /** Why it was not notified; empty if it always was. */
  readonly why: string;
}

/** Two runs to draw. */
export interface Pair {
  readonly title: string;
  /** How many messages end otherwise. */
  readonly summary: string;
  readonly changes: readonly Change[];
  /** Their pictures by `svgReport`. */
  readonly pictures: readonly [string, string];
}

/** As many messages are listed: for more, `--json` is the better list. */
const mostListed = 1_000;

/** Longest text of a cell, characters. */
const maxText = 200;

const style = `html{color-scheme:light dark;background:var(--paper)}
body{margin:0 auto;max-width:920px;padding:14px 18px;color:var(--ink);font:14px/1.45 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",sans-serif}
h1{font-size:19px;margin:0;overflow-wrap:anywhere}
p{color:var(--muted);margin:4px 0 14px}
svg{max-width:100%;height:auto}
table{width:100%;border-collapse:collapse;margin-top:18px;font-variant-numeric:tabular-nums}
th,td{text-align:left;vertical-align:top;padding:5px 12px 5px 0;border-bottom:1px solid var(--line);overflow-wrap:anywhere}
th{color:var(--muted);font-weight:600}
td:first-child{white-space:nowrap}
@media(max-width:600px){thead{display:none}td{display:block;border:0;padding:0}tr{display:block;padding:8px 0;border-bottom:1px solid var(--line)}}`;

/**
 * Two runs as a self-contained page without scripts: both marble diagrams, and the messages that end otherwise, at most
 * {@link mostListed} of them. What comes from messages is shown as plain text.
 */
export const htmlPair = ({ title, summary, changes, pictures }: Pair): string => {
  const left = changes.length - mostListed;
  return htmlDocument({
    title,
    style,
    more: [svgStyle],
    body: [
      `<h1>${text(title)}</h1>`,
      `<p>${text(summary)}</p>`,
      svgPair(...pictures),
      ...(changes.length === 0
        ? []
        : [
            '<table>',
            '<thead><tr><th>Arrival</th><th>Message</th><th>First run → second run</th><th>Reason</th></tr></thead>',
            '<tbody>',
            ...changes.slice(0, mostListed).map(rowOf),
            '</tbody>',
            '</table>',
          ]),
      ...(left > 0 ? [`<p>And ${left} more: replay --json lists them all.</p>`] : []),
    ].join('\n'),
  });
};

const rowOf = ({ at, what, ends, why }: Change): string =>
  `<tr>${[at, what, ends.join(' → '), why].map((each) => `<td>${text(each)}</td>`).join('')}</tr>`;

const text = (value: string): string => markup(printable(value, maxText));
