import { emphasisOf, rowWhereSettled } from './emphasis.js';
import { listen } from './gestures.js';
import { placeAt } from './hit.js';
import { laneHeight, layoutOf, plotEdges } from './layout.js';
import { motionOf } from './motion.js';
import { brushes, paint } from './paint.js';
import { msPerPixel, sceneOf } from './scene.js';
import { binWidth, spotWith } from './spots.js';
import { panned, showing, whole, zoomed } from './view.js';

/** @typedef {import('./hit.js').Place} Place */

/**
 * The diagram: its content, its view and its emphasis. Paints at most once a frame.
 *
 * @param {import('./decode.js').DecodedRun} run
 * @param {HTMLCanvasElement} canvas
 * @param {HTMLElement} stage what scrolls
 * @param {HTMLElement} spacer what makes it scroll
 * @param {{ painted: () => void, clicked: (place: Place | undefined) => void, hovered: (place: Place | undefined) => void, lane: (lane: import('./lanes.js').Lane) => void }} on
 */
export const plotOf = (run, canvas, stage, spacer, on) => {
  const context = canvas.getContext('2d');
  if (context === null) throw new Error('this browser has no canvas');
  /** @type {readonly import('./lanes.js').Lane[]} */
  let lanes = [];
  let layout = layoutOf(lanes);
  let view = whole(run.duration);
  let brush = brushes(run);
  let due = false;
  /** @type {Place | undefined} */
  let current;
  let pinned = false;
  /** @type {import('./scene.js').Scene | undefined} */
  let scene;

  const windowNow = () => ({ ...view, ...plotEdges(stage.clientWidth) });
  const left = () => windowNow().left;
  const bins = () => binWidth(msPerPixel(windowNow()));
  const rows = () => {
    // Read once: it may have to lay out the page.
    const scrolled = layout.top - stage.scrollTop;
    return [...layout.fixed, ...layout.scrolled.map(({ lane, y }) => ({ lane, y: y + scrolled }))];
  };
  const rowOf = (/** @type {import('./lanes.js').Lane} */ lane) => rows().find((row) => row.lane === lane);

  const rowOfResult = (/** @type {number} */ id) => rowWhereSettled(run, rows(), id);

  const spotOf = (/** @type {Place} */ { lane, place, single }) =>
    single ? { first: place, count: 1, time: lane.times[place] } : spotWith(lane.times, place, bins());

  const frame = () => {
    due = false;
    const [width, height] = [stage.clientWidth, stage.clientHeight];
    layout = layoutOf(lanes, height);
    spacer.style.height = `${layout.top + layout.height}px`;
    const scale = devicePixelRatio;
    canvas.style.height = `${height}px`;
    if (canvas.width !== Math.round(width * scale) || canvas.height !== Math.round(height * scale)) {
      canvas.width = Math.round(width * scale);
      canvas.height = Math.round(height * scale);
    }
    context.setTransform(scale, 0, 0, scale, 0, 0);
    const window = windowNow();
    const seen = rows().filter(
      ({ lane, y }) =>
        layout.fixed.some((row) => row.lane === lane) ||
        (y > layout.top - layout.tall && y < height + layout.tall),
    );
    scene = sceneOf(run, seen, window);
    const row = current && rowOf(current.lane);
    const emphasis =
      current && row && emphasisOf({ run, window, scene, row, spot: spotOf(current), rowOfResult, pinned });
    const headings = layout.headings.map(({ title, y }) => ({ title, y: y + layout.top - stage.scrollTop }));
    const above = layout.scrolled.filter(({ y }) => y < stage.scrollTop).length;
    const below = layout.scrolled.filter(({ y }) => y + layout.top - stage.scrollTop > height).length;
    const { top } = layout;
    paint(context, { run, window, scene, headings, top, width, height, above, below, emphasis }, brush);
    on.painted();
  };
  const paintSoon = () => {
    if (due) return;
    due = true;
    requestAnimationFrame(frame);
  };

  const { setView, glide } = motionOf(
    () => view,
    (next) => {
      view = next;
      paintSoon();
    },
  );
  const timeAt = (/** @type {number} */ x) => view.from + (x - left()) * msPerPixel(windowNow());

  const at = (/** @type {number} */ x, /** @type {number} */ y) =>
    scene === undefined || x < left() - 8 ? undefined : placeAt(run, scene, layout.top, x, y, timeAt(x));

  listen(canvas, {
    isPlot: (x) => x >= left() - 8,
    hover: (x, y) => {
      const place = at(x, y);
      canvas.style.cursor = place !== undefined ? 'pointer' : x < left() - 8 ? 'default' : 'grab';
      on.hovered(place);
    },
    click: (x, y) => {
      const row = rows().find((each) => Math.abs(each.y - y) <= layout.tall / 2 && y >= layout.top);
      if (x < left() - 8 && row !== undefined) on.lane(row.lane);
      else on.clicked(at(x, y));
    },
    doubleClick: (x) => {
      if (x >= left()) glide(zoomed(view, timeAt(x), 0.25, run.duration));
    },
    drag: (dx, dy) => {
      setView(panned(view, -dx * msPerPixel(windowNow()), run.duration));
      stage.scrollTop -= dy;
    },
    zoom: (x, factor) => setView(zoomed(view, timeAt(x), factor, run.duration)),
  });
  stage.addEventListener('scroll', paintSoon, { passive: true });
  new ResizeObserver(paintSoon).observe(stage);

  return {
    bins,
    spotOf,
    view: () => view,
    lanes: () => [...layout.fixed, ...layout.scrolled].map(({ lane }) => lane),
    setView,
    glide,
    zoomBy: (/** @type {number} */ factor) => {
      const middle = current === undefined ? undefined : spotOf(current).time;
      const around =
        middle !== undefined && middle > view.from && middle < view.to ? middle : (view.from + view.to) / 2;
      glide(zoomed(view, around, factor, run.duration));
    },
    fit: () => glide(whole(run.duration)),
    setLanes: (/** @type {readonly import('./lanes.js').Lane[]} */ next) => {
      lanes = next;
      layout = layoutOf(lanes);
      stage.style.setProperty('--lanes', `${layout.top + layout.height}px`);
      paintSoon();
    },
    /** @param {Place | undefined} place @param {boolean} isPinned */
    point: (place, isPinned) => {
      current = place;
      pinned = isPinned;
      paintSoon();
    },
    /** Brings a place into what is shown. @param {Place} place */
    reveal: (place) => {
      setView(showing(view, spotOf(place).time, run.duration));
      const y = rowOf(place.lane)?.y ?? 0;
      if (layout.fixed.some(({ lane }) => lane === place.lane)) return;
      if (y < layout.top + laneHeight) stage.scrollTop -= layout.top + laneHeight - y;
      if (y > stage.clientHeight - laneHeight) stage.scrollTop += y - stage.clientHeight + laneHeight;
    },
    /** Repaints after a change of colours. */
    recolour: () => {
      brush = brushes(run);
      paintSoon();
    },
    /** Repaints at once, with the current colours and size. */
    paintNow: () => {
      brush = brushes(run);
      frame();
    },
    colour: (/** @type {string} */ name) => brush.colour(name),
  };
};

/** @typedef {ReturnType<typeof plotOf>} Plot */
