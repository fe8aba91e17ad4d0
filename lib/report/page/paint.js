import { axisHeight } from './layout.js';
import { isFixed, paintBands, paintLabel, paintLine, paintSpots } from './paint-lane.js';
import { arrowPath, xOf } from './scene.js';
import { duration, tickStep, ticks } from './time.js';

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
 * @property {number} above how many lanes are hidden above
 * @property {number} below how many lanes are hidden below
 * @property {import('./emphasis.js').Emphasis | undefined} emphasis
 *
 * @typedef {object} Brushes
 * @property {(name: string) => string} colour
 * @property {string} font
 * @property {readonly Path2D[]} shapes of the run's marks
 * @property {Map<string, string>} fitted labels, by their text and room
 */

/**
 * The current colours, font and shapes of the page.
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
  if (picture.above > 0) paintFade(context, picture, top, top + fade, `▴ ${picture.above} more`, brush);
  if (picture.below > 0) paintFade(context, picture, height, height - fade, `▾ ${picture.below} more`, brush);
};

/** The height of the fade at an edge behind which there are more lanes. */
const fade = 34;

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Picture} picture
 * @param {number} edge
 * @param {number} end where all is visible again
 * @param {string} text
 * @param {Brushes} brush
 */
const paintFade = (context, { width, window }, edge, end, text, brush) => {
  const panel = brush.colour('panel');
  const gradient = context.createLinearGradient(0, edge, 0, end);
  gradient.addColorStop(0, panel);
  gradient.addColorStop(0.5, `${panel}e6`);
  gradient.addColorStop(1, `${panel}00`);
  context.fillStyle = gradient;
  context.fillRect(0, Math.min(edge, end), width, Math.abs(end - edge));
  context.font = `11px ${brush.font}`;
  context.fillStyle = brush.colour('muted');
  context.textAlign = 'left';
  context.fillText(text, window.left > 150 ? 14 : 8, edge + Math.sign(end - edge) * 10);
};

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
