import { plain } from '../../../../lib/report/page/dom.js';
import { duration, ticks } from '../../../../lib/report/page/time.js';
import { axisHeight, rowHeight, xOf } from './scene.js';

/**
 * @typedef {import('./scene.js').Row} Row
 * @typedef {import('./scene.js').Frame} Frame
 * @typedef {import('./store.js').Entry} Entry
 */

/**
 * What paints: colours by name, a shape and a tone for each result.
 *
 * @typedef {object} Brushes
 * @property {(name: string) => string} colour
 * @property {ReadonlyMap<string, { readonly shape: Path2D, readonly tone: string }>} marks
 * @property {string} font
 */

/**
 * Paints the diagram; the entry that is chosen has a ring around its marks.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {{ readonly rows: readonly Row[], readonly frame: Frame, readonly chosen: Entry | undefined }} picture
 * @param {Brushes} brush
 */
export const paint = (context, { rows, frame, chosen }, brush) => {
  const { left, right } = frame;
  const bottom = axisHeight + rowHeight * rows.length;
  context.clearRect(0, 0, right + 20, bottom + 20);
  context.font = `11px ${brush.font}`;
  context.textBaseline = 'middle';
  paintAxis(context, frame, bottom, brush);
  for (const row of rows) {
    paintLine(context, row, frame, brush);
    paintBands(context, row, brush);
    paintSpots(context, row, brush);
    paintChanges(context, row, right, brush);
    paintLabel(context, row, left, brush);
  }
  if (chosen !== undefined) paintChosen(context, rows, frame, chosen, brush);
};

/** @param {CanvasRenderingContext2D} context @param {Frame} frame @param {number} bottom @param {Brushes} brush */
const paintAxis = (context, frame, bottom, brush) => {
  const { from, to, left, right } = frame;
  context.fillStyle = brush.colour('muted');
  context.strokeStyle = brush.colour('line');
  context.textAlign = 'center';
  for (const ago of ticks(0, to - from, Math.max(2, Math.floor((right - left) / 90)))) {
    const x = Math.round(xOf(frame, to - ago)) + 0.5;
    context.fillText(ago === 0 ? 'now' : `−${duration(ago, 1)}`, Math.min(x, right - 10), axisHeight / 2);
    context.beginPath();
    context.moveTo(x, axisHeight - 4);
    context.lineTo(x, bottom);
    context.globalAlpha = 0.5;
    context.stroke();
    context.globalAlpha = 1;
  }
};

/** @param {CanvasRenderingContext2D} context @param {Row} row @param {Frame} frame @param {Brushes} brush */
const paintLine = (context, { lane, y, lines }, { left, right }, brush) => {
  const at = Math.round(y) + 0.5;
  context.strokeStyle = brush.colour('line');
  context.setLineDash(lane.kind === 'app' ? [2, 4] : []);
  context.beginPath();
  context.moveTo(left, at);
  context.lineTo(right, at);
  context.stroke();
  context.setLineDash([]);
  context.strokeStyle = brush.colour('muted');
  context.beginPath();
  for (const { from, to } of lines) {
    context.moveTo(from, at);
    context.lineTo(to, at);
  }
  context.stroke();
};

/** @param {CanvasRenderingContext2D} context @param {Row} row @param {Brushes} brush */
const paintBands = (context, { bands, y }, brush) => {
  context.globalAlpha = 0.28;
  for (const [result, list] of bands) {
    context.fillStyle = brush.colour(brush.marks.get(result)?.tone ?? 'open');
    context.beginPath();
    for (const { x, wide } of list) context.rect(x, y - 5, wide, 10);
    context.fill();
  }
  context.globalAlpha = 1;
};

/** @param {CanvasRenderingContext2D} context @param {Row} row @param {Brushes} brush */
const paintSpots = (context, { spots, y }, brush) => {
  for (const { x, result } of spots) {
    const mark = brush.marks.get(result);
    context.fillStyle = brush.colour(mark?.tone ?? 'arrival');
    if (mark === undefined) {
      context.beginPath();
      context.arc(x, y, 3.6, 0, 7);
      context.fill();
      continue;
    }
    context.translate(x, y);
    context.fill(mark.shape, 'evenodd');
    context.translate(-x, -y);
  }
};

/** @param {CanvasRenderingContext2D} context @param {Row} row @param {number} right @param {Brushes} brush */
const paintChanges = (context, { changes, y }, right, brush) => {
  context.textAlign = 'left';
  for (const [index, { x, label }] of changes.entries()) {
    context.fillStyle = brush.colour('accent');
    context.fillRect(x - 1, y - 7, 2, 14);
    context.fillStyle = brush.colour('muted');
    const room = (changes[index + 1]?.x ?? right) - x - 10;
    if (room > 24) context.fillText(fitted(context, label, room), x + 5, y);
  }
};

/** @param {CanvasRenderingContext2D} context @param {Row} row @param {number} left @param {Brushes} brush */
const paintLabel = (context, { lane, y }, left, brush) => {
  const mark = lane.kind === 'reason' ? brush.marks.get(lane.label) : undefined;
  context.fillStyle = brush.colour(mark?.tone ?? 'ink');
  context.textAlign = 'left';
  context.fillText(fitted(context, lane.label, left - 18), 8, y);
};

/** @param {CanvasRenderingContext2D} context @param {readonly Row[]} rows @param {Frame} frame @param {Entry} chosen @param {Brushes} brush */
const paintChosen = (context, rows, frame, { id, at }, brush) => {
  context.strokeStyle = brush.colour('accent');
  context.lineWidth = 2;
  for (const [index, { spots, y }] of rows.entries()) {
    const found = spots.find((each) => each.id === id);
    const x = index === 0 && at >= frame.from ? xOf(frame, at) : found?.x;
    if (x === undefined) continue;
    context.beginPath();
    context.arc(x, y, 8, 0, 7);
    context.stroke();
  }
  context.lineWidth = 1;
};

/** Cuts a text to the room. @param {CanvasRenderingContext2D} context @param {string} whole @param {number} room */
const fitted = (context, whole, room) => {
  const text = plain(whole);
  let length = Math.min(text.length, 60);
  if (length === text.length && context.measureText(text).width <= room) return text;
  while (length > 1 && context.measureText(`${text.slice(0, length)}…`).width > room) length -= 1;
  return `${text.slice(0, length)}…`;
};
