import { plotEdges } from './layout.js';
import { paintOverview } from './overview.js';
import { panned, whole } from './view.js';

/**
 * The strip below the diagram: shows the visible part of the run, and moves it on a click or drag.
 *
 * @param {import('./decode.js').DecodedRun} run
 * @param {HTMLCanvasElement} canvas
 * @param {import('./plot.js').Plot} plot
 * @returns {() => void} paints it
 */
export const stripOf = (run, canvas, plot) => {
  const came = arrivalsOf(run, () => true);
  const badly = arrivalsOf(run, (result) => result !== 0);
  /** @param {PointerEvent} event */
  const jump = (event) => {
    if (event.buttons !== 1) return;
    const all = whole(run.duration);
    const { left, right } = plotEdges(canvas.clientWidth);
    const share = (event.offsetX - left) / (right - left);
    const { from, to } = plot.view();
    const middle = all.from + share * (all.to - all.from);
    plot.setView(panned(plot.view(), middle - (from + to) / 2, run.duration));
  };
  canvas.addEventListener('pointerdown', (event) => {
    canvas.setPointerCapture(event.pointerId);
    jump(event);
  });
  canvas.addEventListener('pointermove', jump);
  return () => {
    const context = canvas.getContext('2d');
    const [width, height] = [canvas.clientWidth, canvas.clientHeight];
    if (context === null || width === 0) return;
    canvas.width = Math.round(width * devicePixelRatio);
    canvas.height = Math.round(height * devicePixelRatio);
    context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
    const size = { ...plotEdges(width), width, height };
    const { duration } = run;
    paintOverview(context, { duration, came, badly }, plot.view(), size, plot.colour);
  };
};

/** @param {import('./decode.js').DecodedRun} run @param {(result: number) => boolean} has */
const arrivalsOf = ({ columns }, has) => {
  const ids = Uint32Array.from(columns.at.keys()).filter((id) => has(columns.result[id]));
  const sums = new Float64Array(ids.length + 1);
  ids.forEach((id, index) => {
    sums[index + 1] = sums[index] + (columns.counted[id] || 1);
  });
  return { times: Float64Array.from(ids, (id) => columns.at[id]), sums };
};
