import { axisHeight } from './layout.js';
import { arrowPath, changeLabel, toneOf, xOf } from './scene.js';
import { counted, duration, tickStep, ticks } from './time.js';

/**
 * What is painted onto the canvas.
 *
 * @typedef {import('./scene.js').Scene} Scene
 * @typedef {import('./scene.js').ShownRow} ShownRow
 *
 * @typedef {object} Picture
 * @property {import('./decode.js').DecodedRun} run
 * @property {import('./scene.js').Window} window
 * @property {Scene} scene
 * @property {readonly { title: string, y: number }[]} headings
 * @property {number} top where scrolling begins
 * @property {number} width
 * @property {number} height
 * @property {Emphasis | undefined} emphasis
 *
 * @typedef {object} Emphasis what is pointed at: a spot, and the arrows of its messages
 * @property {{ x: number, y: number, wide: number, tall: number }} ring
 * @property {readonly { start: number, end: number, y: number, tone: string }[]} arrows
 * @property {boolean} pinned
 *
 * @typedef {object} Brushes
 * @property {(name: string) => string} colour
 * @property {string} font
 * @property {readonly Path2D[]} shapes of the run's marks
 * @property {Map<string, string>} fitted labels, by their text and room
 */

/**
 * The colours, the font and the shapes, as the page has them now.
 *
 * @param {import('./decode.js').DecodedRun} run
 * @returns {Brushes}
 */
export const brushes = (run) => {
  const style = getComputedStyle(document.documentElement);
  /** @type {Map<string, string>} */
  const known = new Map();
  const colour = (/** @type {string} */ name) => {
    const found = known.get(name) ?? style.getPropertyValue(`--${name}`).trim();
    known.set(name, found);
    return found;
  };
  return {
    colour,
    font: getComputedStyle(document.body).fontFamily,
    shapes: run.marks.map(({ path }) => new Path2D(path)),
    fitted: new Map(),
  };
};

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Picture} picture
 * @param {Brushes} brush
 */
export const paint = (context, picture, brush) => {
  const { scene, window, width, height, top } = picture;
  const fixed = scene.rows.filter(({ row }) => isFixed(row.lane));
  const scrolled = scene.rows.filter(({ row }) => !isFixed(row.lane));
  context.fillStyle = brush.colour('panel');
  context.fillRect(0, 0, width, height);
  context.textBaseline = 'middle';

  paintAxis(context, picture, brush);
  clipped(context, [0, top, width, height - top], () => {
    paintHeadings(context, picture, brush);
    for (const shown of scrolled) paintLabel(context, picture, shown, brush);
  });
  for (const shown of fixed) paintLabel(context, picture, shown, brush);
  clipped(context, [window.left - 8, top, window.right - window.left + 16, height - top], () => {
    for (const shown of scrolled) paintLine(context, picture, shown, brush);
    for (const shown of scrolled) paintBands(context, shown, brush);
  });
  clipped(
    context,
    [window.left - 8, axisHeight, window.right - window.left + 16, height - axisHeight],
    () => {
      for (const shown of fixed) paintLine(context, picture, shown, brush);
      paintArrows(context, picture, brush);
      for (const shown of fixed) paintSpots(context, picture, shown, brush);
    },
  );
  clipped(context, [window.left - 8, top, window.right - window.left + 16, height - top], () => {
    for (const shown of scrolled) paintSpots(context, picture, shown, brush);
  });
  paintEmphasis(context, picture, brush);
};

/** @param {import('./lanes.js').Lane} lane */
const isFixed = ({ kind }) => kind === 'arrivals' || kind === 'set';

/**
 * @param {CanvasRenderingContext2D} context
 * @param {readonly [number, number, number, number]} box
 * @param {() => void} inside
 */
const clipped = (context, [x, y, wide, tall], inside) => {
  context.save();
  context.beginPath();
  context.rect(x, y, wide, tall);
  context.clip();
  inside();
  context.restore();
};

/** @param {CanvasRenderingContext2D} context @param {Picture} picture @param {Brushes} brush */
const paintAxis = (context, { window, height }, brush) => {
  const { left, right, from, to } = window;
  context.strokeStyle = brush.colour('line');
  context.fillStyle = brush.colour('muted');
  context.font = `12px ${brush.font}`;
  context.textAlign = 'center';
  context.lineWidth = 1;
  context.beginPath();
  const most = Math.max(2, (right - left) / 88);
  const step = tickStep(from, to, most);
  for (const time of ticks(from, to, most)) {
    const x = Math.round(xOf(window, time)) + 0.5;
    context.moveTo(x, axisHeight - 5);
    context.lineTo(x, height);
    const text = duration(time, step);
    const half = context.measureText(text).width / 2;
    if (x + half < right + 12 && x - half > left - 12) context.fillText(text, x, axisHeight - 15);
  }
  context.stroke();
};

/** @param {CanvasRenderingContext2D} context @param {Picture} picture @param {Brushes} brush */
const paintHeadings = (context, { headings, window }, brush) => {
  context.font = `11px ${brush.font}`;
  context.fillStyle = brush.colour('muted');
  context.textAlign = 'left';
  for (const { title, y } of headings) context.fillText(title, window.left > 150 ? 14 : 8, y + 2);
};

/** @param {CanvasRenderingContext2D} context @param {Picture} picture @param {ShownRow} shown @param {Brushes} brush */
const paintLabel = (context, { window }, { row, tone }, brush) => {
  const { lane, y } = row;
  const wide = window.left > 150;
  const count = wide ? counted(lane.ids.length) : '';
  const start = (wide ? 14 : 8) + (isFixed(lane) ? 0 : 18);
  context.font = `12px ${brush.font}`;
  context.fillStyle = brush.colour('muted');
  context.textAlign = 'right';
  context.fillText(count, window.left - 14, y);
  const room = window.left - 16 - start - (wide ? context.measureText(count).width + 6 : -6);
  context.fillStyle = brush.colour('ink');
  context.textAlign = 'left';
  context.fillText(fitted(context, lane.label, room, brush), start, y);
  if (isFixed(lane)) return;
  context.fillStyle = brush.colour(tone);
  paintShape(context, brush.shapes[lane.end], start - 12, y);
};

/**
 * A text, cut where there is no room for all of it.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {string} text
 * @param {number} room
 * @param {Brushes} brush
 */
const fitted = (context, text, room, brush) => {
  const key = `${Math.round(room)} ${text}`;
  const known = brush.fitted.get(key);
  if (known !== undefined) return known;
  let length = Math.min(text.length, 80);
  while (length > 1 && context.measureText(`${text.slice(0, length)}…`).width > room) length -= 1;
  const all = length === text.length || context.measureText(text).width <= room;
  const result = all ? text : `${text.slice(0, length)}…`;
  brush.fitted.set(key, result);
  return result;
};

/** @param {CanvasRenderingContext2D} context @param {Path2D} shape @param {number} x @param {number} y */
const paintShape = (context, shape, x, y) => {
  context.translate(x, y);
  context.fill(shape, 'evenodd');
  context.translate(-x, -y);
};

/** The line of a lane; of an integration it is dotted while it is not registered. @param {CanvasRenderingContext2D} context @param {Picture} picture @param {ShownRow} shown @param {Brushes} brush */
const paintLine = (context, { window }, { row, registered }, brush) => {
  const y = Math.round(row.y) + 0.5;
  context.strokeStyle = brush.colour('line');
  context.lineWidth = 1;
  context.setLineDash(row.lane.kind === 'integration' ? [2, 4] : []);
  context.beginPath();
  context.moveTo(window.left, y);
  context.lineTo(window.right, y);
  context.stroke();
  context.setLineDash([]);
  context.strokeStyle = brush.colour('muted');
  context.globalAlpha = 0.65;
  context.lineWidth = 1.4;
  context.beginPath();
  for (const [since, until] of registered) {
    context.moveTo(since, y);
    context.lineTo(until, y);
  }
  context.stroke();
  context.globalAlpha = 1;
};

/** @param {CanvasRenderingContext2D} context @param {ShownRow} shown @param {Brushes} brush */
const paintBands = (context, { row, tone, bands }, brush) => {
  context.fillStyle = brush.colour(tone);
  context.globalAlpha = 0.26;
  for (const { x, wide, thick } of bands) context.fillRect(x, row.y - thick / 2, wide, thick);
  context.globalAlpha = 1;
};

/** @param {CanvasRenderingContext2D} context @param {Picture} picture @param {Brushes} brush */
const paintArrows = (context, { scene, emphasis }, brush) => {
  context.globalAlpha = emphasis === undefined ? 0.42 : 0.2;
  context.lineWidth = 1;
  for (const { tone, path } of scene.arrows) {
    context.strokeStyle = brush.colour(tone);
    context.stroke(new Path2D(path));
  }
  context.globalAlpha = 1;
  context.lineWidth = 1.8;
  for (const { start, end, y, tone } of emphasis?.arrows ?? []) {
    context.strokeStyle = brush.colour(tone);
    context.stroke(new Path2D(arrowPath(start, end, y)));
  }
};

/** @param {CanvasRenderingContext2D} context @param {Picture} picture @param {ShownRow} shown @param {Brushes} brush */
const paintSpots = (context, { run, scene, window }, { row, tone, spots }, brush) => {
  const { lane, y } = row;
  context.fillStyle = brush.colour(tone);
  for (const [index, { first, x, tall, count }] of spots.entries()) {
    if (lane.kind === 'set') {
      const next = spots[index + 1]?.x ?? window.right + 12;
      paintChange(context, x, y, count === 1 ? changeLabel(run, lane.ids[first]) : '', next - x - 22, brush);
    } else if (tall > 0) {
      context.beginPath();
      context.roundRect(x - scene.columnWidth / 2, y - tall / 2, scene.columnWidth, tall, 2.5);
      context.fill();
    } else if (lane.kind === 'arrivals') {
      const qos = run.columns.flags[lane.ids[first]] % 4;
      context.beginPath();
      context.arc(x, y, qos === 0 ? 3.6 : 4.2, 0, 7);
      context.fillStyle = brush.colour(qos === 0 ? 'panel' : 'arrival');
      context.fill();
      if (qos === 0) {
        context.strokeStyle = brush.colour('arrival');
        context.lineWidth = 1.6;
        context.stroke();
      }
      context.fillStyle = brush.colour(tone);
    } else paintShape(context, brush.shapes[lane.end], x, y);
  }
};

/** @param {CanvasRenderingContext2D} context @param {number} x @param {number} y @param {string} label @param {number} room @param {Brushes} brush */
const paintChange = (context, x, y, label, room, brush) => {
  context.fillStyle = brush.colour('accent');
  context.beginPath();
  for (const up of [-1, 1]) {
    context.moveTo(x, y + 7.5 * up);
    context.lineTo(x + 4.5, y + 1.5 * up);
    context.lineTo(x - 4.5, y + 1.5 * up);
    context.closePath();
  }
  context.fill();
  context.font = `11px ${brush.font}`;
  context.fillStyle = brush.colour('muted');
  context.textAlign = 'left';
  if (room > 18) context.fillText(fitted(context, label, Math.floor(room / 8) * 8, brush), x + 9, y);
};

/** @param {CanvasRenderingContext2D} context @param {Picture} picture @param {Brushes} brush */
const paintEmphasis = (context, { emphasis, window }, brush) => {
  if (emphasis === undefined) return;
  const { x, y, wide, tall } = emphasis.ring;
  if (x < window.left - 8 || x > window.right + 8) return;
  context.strokeStyle = brush.colour('accent');
  context.lineWidth = emphasis.pinned ? 3 : 2;
  context.beginPath();
  context.roundRect(x - wide / 2 - 4, y - tall / 2 - 4, wide + 8, tall + 8, 6);
  context.stroke();
};

/**
 * What is emphasised of a spot.
 *
 * @param {import('./decode.js').DecodedRun} run
 * @param {import('./scene.js').Window} window
 * @param {import('./layout.js').Row} row
 * @param {import('./scene.js').Spot} spot
 * @param {number} tall of its column, 0 for a marble
 * @param {number} columnWidth
 * @param {(id: number) => import('./layout.js').Row | undefined} rowOfEnd
 * @param {boolean} pinned
 * @returns {Emphasis}
 */
export const emphasisOf = (run, window, row, spot, tall, columnWidth, rowOfEnd, pinned) => {
  const ids =
    row.lane.kind === 'set'
      ? []
      : Array.from(row.lane.ids.subarray(spot.first, spot.first + Math.min(spot.count, 200)));
  /** @type {Map<string, Emphasis['arrows'][number]>} */
  const arrows = new Map();
  for (const id of ids) {
    const ended = rowOfEnd(id);
    if (ended === undefined) continue;
    const [start, end] = [xOf(window, run.columns.at[id]), xOf(window, run.columns.endAt[id])];
    const place = `${Math.round(start / 4)} ${Math.round(end / 4)} ${ended.y}`;
    if (!arrows.has(place)) arrows.set(place, { start, end, y: ended.y, tone: toneOf(run, ended.lane) });
  }
  const size = tall === 0 ? { wide: 10, tall: 10 } : { wide: columnWidth, tall };
  return { ring: { x: xOf(window, spot.time), y: row.y, ...size }, arrows: [...arrows.values()], pinned };
};
