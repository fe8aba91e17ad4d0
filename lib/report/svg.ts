import { encodeRun } from './encode.js';
import { markup } from './markup.js';
import { decodeRun } from './page/decode.js';
import { factsOf, waitOf } from './page/facts.js';
import { everything } from './page/filter.js';
import { lanesOf, messagesOf } from './page/lanes.js';
import { axisHeight, layoutOf } from './page/layout.js';
import { changeLabel, sceneOf, xOf } from './page/scene.js';
import { counted, duration, roughly, tickStep, ticks } from './page/time.js';
import type { Run } from './run.js';
import { svgStyle } from './svg-style.js';

type DecodedRun = ReturnType<typeof decodeRun>;
type ShownRow = ReturnType<typeof sceneOf>['rows'][number];

const width = 880;
const left = 200;
const right = width - 18;
const header = 62;
const footer = 40;
/** At most this many integrations have a lane of their own; the others share one. */
const mostIntegrations = 12;
const mostTicks = 9;

/**
 * A run as a picture for a document: an SVG, 880 pixels wide, with light and dark colours. Its size is bounded:
 * messages too close to distinguish form one column, and only the busiest integrations have a lane of their own. Of a
 * message it contains only names, as text.
 */
export const svgReport = (run: Run): string => {
  const decoded = decodeRun(encodeRun(run));
  const {
    fixed,
    scrolled,
    headings,
    top,
    height: below,
  } = layoutOf(lanesOf(decoded, everything, mostIntegrations));
  const height = header + top + below + footer;
  const margin = decoded.duration * 0.01;
  const window = { from: -margin, to: decoded.duration + margin, left, right };
  const rows = [...fixed, ...scrolled.map(({ lane, y }) => ({ lane, y: y + top }))];
  const scene = sceneOf(decoded, rows, window);
  const step = tickStep(0, decoded.duration, mostTicks);
  const facts = factsOf(decoded);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="t d">`,
    `<title id="t">${markup(decoded.title)}</title><desc id="d">${markup(facts.join(', '))}</desc>`,
    `<style>${svgStyle}</style>`,
    `<rect class="paper" x=".5" y=".5" width="${width - 1}" height="${height - 1}" rx="8"/>`,
    `<text class="h" x="18" y="25">${markup(fitting(decoded.title, 80))}</text>`,
    `<text class="m n" x="18" y="47">${markup(facts.join(' · '))}</text>`,
    `<g transform="translate(0 ${header})">`,
    ...ticks(0, decoded.duration, mostTicks).map((time) =>
      tickOf(time, step, xOf(window, time), top + below),
    ),
    ...headings.map(({ title, y }) => `<text class="m s" x="18" y="${y + top}">${title}</text>`),
    ...scene.rows.map((row) => laneOf(decoded, row)),
    ...scene.rows.map(bandsOf),
    ...scene.arrows.map(({ tone, path }) => `<path class="${tone} arrow" d="${path}"/>`),
    ...scene.rows.map((row) => spotsOf(decoded, row, scene.columnWidth)),
    '</g>',
    footerOf(decoded, height),
    '</svg>\n',
  ].join('\n');
};

/** A coordinate, rounded to a tenth of a pixel. */
const px = (value: number): string => `${Math.round(value * 10) / 10}`;

/** Cuts a text between characters. */
const fitting = (text: string, most: number): string => {
  const characters = [...text];
  return characters.length > most ? `${characters.slice(0, most - 1).join('')}…` : text;
};

const tickOf = (time: number, step: number, x: number, bottom: number): string =>
  `<path class="grid" d="M${px(x)} ${axisHeight - 6}V${bottom}"/>` +
  `<text class="m n ${x > right - 24 ? 'r' : 'c'}" x="${px(x)}" y="${axisHeight - 16}">${duration(time, step)}</text>`;

const footerOf = ({ latency, known }: DecodedRun, height: number): string => {
  if (latency === null) return '';
  const { p50, p90, p99, max } = latency;
  const parts = Object.entries({ p50, p90, p99, max }).map(([name, ms]) => `${name} ${roughly(ms)}`);
  return `<text class="m n" x="18" y="${height - 22}">${waitOf(known)}: ${parts.join(' · ')}</text>`;
};

const markOf = ({ marks }: DecodedRun, { row: { lane }, tone }: ShownRow, x: number, y: number): string =>
  `<path class="${tone}" fill-rule="evenodd" transform="translate(${px(x)} ${y})" d="${marks[lane.result]?.path ?? ''}"/>`;

const laneOf = (run: DecodedRun, shown: ShownRow): string => {
  const { lane, y } = shown.row;
  const ended = lane.kind !== 'arrivals' && lane.kind !== 'set';
  return [
    `<path class="grid${lane.kind === 'integration' ? ' off' : ''}" d="M${left} ${y}H${right}"/>`,
    ...shown.registered.map(([from, to]) => `<path class="on" d="M${px(from)} ${y}H${px(to)}"/>`),
    ended ? markOf(run, shown, 24, y) : '',
    `<text x="${ended ? 38 : 18}" y="${y}">${markup(fitting(lane.label, 17))}</text>`,
    `<text class="m n r" x="${left - 12}" y="${y}">${counted(messagesOf(lane))}</text>`,
  ].join('');
};

const bandsOf = ({ row: { y }, tone, bands }: ShownRow): string => {
  const data = bands.map(
    ({ x, wide, thick }) => `M${px(x)} ${px(y - thick / 2)}h${px(wide)}v${px(thick)}h${px(-wide)}z`,
  );
  return data.length === 0 ? '' : `<path class="${tone} band" d="${data.join('')}"/>`;
};

const spotsOf = (run: DecodedRun, shown: ShownRow, columnWidth: number): string => {
  const { lane, y } = shown.row;
  if (lane.kind === 'set') return shown.spots.map((_, index) => changeOf(run, shown, index)).join('');
  // Columns are lines with round caps.
  const columns = shown.spots
    .filter(({ tall }) => tall > 0)
    .map(({ x, tall }) => `M${px(x)} ${px(y - (tall - columnWidth) / 2)}v${px(tall - columnWidth)}`);
  const singles = shown.spots
    .filter(({ tall }) => tall === 0)
    .map(({ first, x }) => {
      if (lane.kind !== 'arrivals') return markOf(run, shown, x, y);
      const qos = (run.columns.flags[lane.ids[first] ?? 0] ?? 0) % 4;
      return `<circle class="${qos === 0 ? 'best-effort' : 'arrival'}" cx="${px(x)}" cy="${y}" r="${qos === 0 ? 3.6 : 4.2}"/>`;
    });
  const line = `<path class="${shown.tone} columns" stroke-width="${px(columnWidth)}" d="${columns.join('')}"/>`;
  return `${columns.length === 0 ? '' : line}${singles.join('')}`;
};

/** A change of the live set, with a label of what changed if there is room. */
const changeOf = (run: DecodedRun, { row, spots }: ShownRow, index: number): string => {
  const x = spots[index]?.x ?? 0;
  const room = ((spots[index + 1]?.x ?? right + 12) - x - 24) / 6.6;
  const label =
    spots[index]?.count === 1 ? changeLabel(run, row.lane.ids[spots[index]?.first ?? 0] ?? 0) : '';
  const text = room >= Math.min(label.length, 6) ? markup(fitting(label, Math.floor(room))) : '';
  return (
    `<path class="accent" transform="translate(${px(x)} ${row.y})" d="M0-7.5l4.5 6h-9zM0 7.5l4.5-6h-9z"/>` +
    (text === '' ? '' : `<text class="m s b" x="${px(x + 9)}" y="${row.y}">${text}</text>`)
  );
};
