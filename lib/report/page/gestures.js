/**
 * What a pointer does on the plot.
 *
 * @typedef {object} Gestures
 * @property {(x: number, y: number) => void} hover
 * @property {(x: number, y: number) => void} click
 * @property {(x: number) => void} doubleClick
 * @property {(dx: number, dy: number) => void} drag
 * @property {(x: number, factor: number) => void} zoom
 * @property {(x: number) => boolean} isPlot whether time is there, not the names of the lanes
 */

/** Pixels a pointer may move and still click. */
const still = 4;

/**
 * Mouse, touch and pen on a canvas: drag moves; two fingers, and the wheel with Ctrl, as which
 * browsers report a pinch on a touchpad, zoom. The wheel alone scrolls, sideways in time.
 *
 * @param {HTMLElement} canvas
 * @param {Gestures} gestures
 */
export const listen = (canvas, gestures) => {
  /** @type {Map<number, { x: number, y: number }>} */
  const pointers = new Map();
  let moved = 0;
  const at = (/** @type {MouseEvent} */ event) => ({ x: event.offsetX, y: event.offsetY });
  const spread = () => {
    const [a, b] = [...pointers.values()];
    return a === undefined || b === undefined
      ? undefined
      : { middle: (a.x + b.x) / 2, apart: Math.max(12, Math.abs(a.x - b.x)) };
  };

  canvas.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    pointers.set(event.pointerId, at(event));
    moved = pointers.size > 1 ? still + 1 : 0;
    canvas.setPointerCapture(event.pointerId);
  });
  canvas.addEventListener('pointermove', (event) => {
    const now = at(event);
    const last = pointers.get(event.pointerId);
    if (last === undefined) {
      if (event.pointerType === 'mouse') gestures.hover(now.x, now.y);
      return;
    }
    const before = spread();
    pointers.set(event.pointerId, now);
    const after = spread();
    if (before !== undefined && after !== undefined) {
      gestures.zoom(after.middle, before.apart / after.apart);
      gestures.drag(after.middle - before.middle, 0);
      return;
    }
    moved += Math.hypot(now.x - last.x, now.y - last.y);
    if (moved > still) gestures.drag(now.x - last.x, event.pointerType === 'mouse' ? now.y - last.y : 0);
  });
  canvas.addEventListener('pointerup', (event) => {
    if (!pointers.delete(event.pointerId)) return;
    if (moved <= still) gestures.click(event.offsetX, event.offsetY);
  });
  canvas.addEventListener('pointercancel', (event) => pointers.delete(event.pointerId));
  canvas.addEventListener('dblclick', (event) => gestures.doubleClick(event.offsetX));
  canvas.addEventListener(
    'wheel',
    (event) => {
      if (!gestures.isPlot(event.offsetX)) return;
      const unit = event.deltaMode === 1 ? 16 : event.deltaMode === 2 ? 400 : 1;
      const sideways = event.shiftKey && event.deltaX === 0 ? event.deltaY : event.deltaX;
      const isSideways = event.shiftKey || Math.abs(sideways) > Math.abs(event.deltaY);
      if (!isSideways && !event.ctrlKey) return;
      event.preventDefault();
      if (isSideways) gestures.drag(-sideways * unit, 0);
      else
        gestures.zoom(
          event.offsetX,
          Math.exp(event.deltaY * unit * (Math.abs(event.deltaY) < 40 ? 0.01 : 0.0022)),
        );
    },
    { passive: false },
  );
};
