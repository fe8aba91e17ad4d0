import { messagesOf } from './lanes.js';
import { changeLabel } from './scene.js';
import { counted } from './time.js';

/**
 * @typedef {import('./paint.js').Picture} Picture
 * @typedef {import('./paint.js').Brushes} Brushes
 * @typedef {import('./scene.js').ShownRow} ShownRow
 */

/** @param {import('./lanes.js').Lane} lane */
export const isFixed = ({ kind }) => kind === 'arrivals' || kind === 'set';

/** @param {CanvasRenderingContext2D} context @param {Picture} picture @param {ShownRow} shown @param {Brushes} brush */
export const paintLabel = (context, { window }, { row, tone }, brush) => {
  const { lane, y } = row;
  const wide = window.left > 150;
  const count = wide ? counted(messagesOf(lane)) : '';
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
  paintShape(context, brush.shapes[lane.result], start - 12, y);
};

/**
 * Cuts a text to the available room.
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
export const paintLine = (context, { window }, { row, registered }, brush) => {
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
export const paintBands = (context, { row, tone, bands }, brush) => {
  context.fillStyle = brush.colour(tone);
  context.globalAlpha = 0.26;
  for (const { x, wide, thick } of bands) context.fillRect(x, row.y - thick / 2, wide, thick);
  context.globalAlpha = 1;
};

/** @param {CanvasRenderingContext2D} context @param {Picture} picture @param {ShownRow} shown @param {Brushes} brush */
export const paintSpots = (context, { run, scene, window }, { row, tone, spots }, brush) => {
  const { lane, y } = row;
  if (lane.kind === 'set') {
    for (const [index, { first, x, count }] of spots.entries()) {
      const room = (spots[index + 1]?.x ?? window.right + 12) - x - 22;
      paintChange(context, x, y, count === 1 ? changeLabel(run, lane.ids[first]) : '', room, brush);
    }
    return;
  }
  context.fillStyle = brush.colour(tone);
  // Columns are lines with round caps, all in one path: a path each would take most of a frame.
  context.beginPath();
  for (const { first, x, tall, block } of spots) {
    if (block > 0) {
      context.globalAlpha = 0.32;
      context.fillRect(x, y - tall / 2, Math.max(1, block - 1), tall);
      context.globalAlpha = 1;
    } else if (tall > 0) {
      const half = (tall - scene.columnWidth) / 2;
      context.moveTo(x, y - half);
      context.lineTo(x, y + half);
    } else if (lane.kind !== 'arrivals') paintShape(context, brush.shapes[lane.result], x, y);
    else context.fill(arrivalShape(x, y, run.columns.flags[lane.ids[first]] % 4), 'evenodd');
  }
  context.strokeStyle = brush.colour(tone);
  context.lineWidth = scene.columnWidth;
  context.lineCap = 'round';
  context.stroke();
  context.lineCap = 'butt';
};

/** A dot, or a ring for QoS 0. @param {number} x @param {number} y @param {number} qos */
const arrivalShape = (x, y, qos) => {
  const shape = new Path2D();
  shape.arc(x, y, 4.2, 0, 7);
  shape.closePath();
  if (qos === 0) shape.arc(x, y, 2.6, 0, 7);
  return shape;
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
