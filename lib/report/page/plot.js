import { listen } from './gestures.js';
import { laneHeight, layoutOf } from './layout.js';
import { brushes, emphasisOf, paint } from './paint.js';
import { msPerPixel, sceneOf, xOf } from './scene.js';
import { firstNotBelow } from './search.js';
import { binWidth, spotWith } from './spots.js';
import { panned, showing, whole, zoomed } from './view.js';

/**
 * A place in a lane: where one points at or moves to with the keys; `single` is one message of a column.
 *
 * @typedef {{ lane: import('./lanes.js').Lane, place: number, single: boolean }} Place
 */

/**
 * The diagram: what it shows, where in time it is, and what is pointed at. It paints at most once a frame.
 *
 * @param {import('./decode.js').DecodedRun} run
 * @param {HTMLCanvasElement} canvas
 * @param {HTMLElement} stage what scrolls
 * @param {HTMLElement} spacer what makes it scroll
 * @param {{ painted: () => void, clicked: (place: Place | undefined) => void, hovered: (place: Place | undefined) => void, lane: (lane: import('./lanes.js').Lane) => void }} told
 */
export const plotOf = (run, canvas, stage, spacer, told) => {
  const context = canvas.getContext('2d');
  if (context === null) throw new Error('this browser has no canvas');
  let layout = layoutOf([]);
  let view = whole(run.duration);
  let brush = brushes(run);
  let due = false;
  let gliding = 0;
  /** @type {Place | undefined} */
  let current;
  let pinned = false;
  /** @type {import('./scene.js').Scene | undefined} */
  let scene;

  const left = () => (stage.clientWidth < 620 ? 146 : 210);
  const windowNow = () => ({ ...view, left: left(), right: stage.clientWidth - 18 });
  const bins = () => binWidth(msPerPixel(windowNow()));
  const onCanvas = (/** @type {import('./layout.js').Row} */ { lane, y }) => ({
    lane,
    y: y + layout.top - stage.scrollTop,
  });
  const rows = () => [...layout.fixed, ...layout.scrolled.map(onCanvas)];
  const rowOf = (/** @type {import('./lanes.js').Lane} */ lane) => rows().find((row) => row.lane === lane);

  /** The row in which a message ended. @param {number} id */
  const rowOfEnd = (id) => {
    const end = run.columns.end[id];
    const integration = run.columns.integration[id];
    const all = rows().filter(
      ({ lane }) => lane.kind !== 'arrivals' && lane.kind !== 'set' && lane.end === end,
    );
    return end > 0
      ? all[0]
      : (all.find(({ lane }) => lane.integration === integration) ??
          all.find(({ lane }) => lane.kind === 'others'));
  };

  const spotOf = (/** @type {Place} */ { lane, place, single }) =>
    single ? { first: place, count: 1, time: lane.times[place] } : spotWith(lane.times, place, bins());

  const frame = () => {
    due = false;
    const [width, height] = [stage.clientWidth, stage.clientHeight];
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
        (y > layout.top - laneHeight && y < height + laneHeight),
    );
    scene = sceneOf(run, seen, window);
    const row = current && rowOf(current.lane);
    const spot = current && spotOf(current);
    const shown = scene.rows
      .find((each) => each.row.lane === row?.lane)
      ?.spots.find(
        ({ first, count }) => spot !== undefined && first <= spot.first && spot.first < first + count,
      );
    const emphasis =
      row &&
      spot &&
      emphasisOf(run, window, row, shown ?? spot, shown?.tall ?? 0, scene.columnWidth, rowOfEnd, pinned);
    const headings = layout.headings.map(({ title, y }) => ({ title, y: y + layout.top - stage.scrollTop }));
    paint(context, { run, window, scene, headings, top: layout.top, width, height, emphasis }, brush);
    told.painted();
  };
  const paintSoon = () => {
    if (due) return;
    due = true;
    requestAnimationFrame(frame);
  };

  const setView = (/** @type {import('./view.js').View} */ next) => {
    gliding += 1;
    view = next;
    paintSoon();
  };
  /** Moves to another view in an eighth of a second, or at once for who asked for no motion. @param {import('./view.js').View} next */
  const glide = (next) => {
    if (matchMedia('(prefers-reduced-motion: reduce)').matches) {
      setView(next);
      return;
    }
    gliding += 1;
    const mine = gliding;
    const from = view;
    const began = performance.now();
    const move = (/** @type {number} */ now) => {
      if (gliding !== mine) return;
      const part = Math.min(1, Math.max(0, (now - began) / 140));
      const eased = 1 - (1 - part) ** 3;
      view = { from: from.from + (next.from - from.from) * eased, to: from.to + (next.to - from.to) * eased };
      paintSoon();
      if (part < 1) requestAnimationFrame(move);
    };
    requestAnimationFrame(move);
  };
  const timeAt = (/** @type {number} */ x) => view.from + (x - left()) * msPerPixel(windowNow());

  /** What is at a point: a spot, or else a message that waits there. @param {number} x @param {number} y @returns {Place | undefined} */
  const placeAt = (x, y) => {
    const found = scene?.rows.find(
      ({ row }) =>
        Math.abs(row.y - y) <= laneHeight / 2 &&
        (y >= layout.top || layout.fixed.some(({ lane }) => lane === row.lane)),
    );
    if (found === undefined || scene === undefined || x < left() - 8) return undefined;
    const near = found.spots.reduce(
      (best, spot) => (Math.abs(spot.x - x) < Math.abs((best?.x ?? 1e9) - x) ? spot : best),
      found.spots[0],
    );
    const { lane } = found.row;
    if (near !== undefined && Math.abs(near.x - x) <= Math.max(8, scene.columnWidth / 2 + 2))
      return { lane, place: near.first, single: false };
    const time = timeAt(x);
    const next = firstNotBelow(lane.times, time);
    const waiting = Array.from(lane.ids.subarray(next, next + 200)).findIndex(
      (id) => run.columns.at[id] <= time,
    );
    return waiting < 0 || lane.kind === 'set' || lane.kind === 'arrivals'
      ? undefined
      : { lane, place: next + waiting, single: true };
  };

  listen(canvas, {
    isPlot: (x) => x >= left() - 8,
    hover: (x, y) => {
      const place = placeAt(x, y);
      canvas.style.cursor = place !== undefined ? 'pointer' : x < left() - 8 ? 'default' : 'grab';
      told.hovered(place);
    },
    leave: () => undefined,
    click: (x, y) => {
      const row = rows().find((each) => Math.abs(each.y - y) <= laneHeight / 2 && y >= layout.top);
      if (x < left() - 8 && row !== undefined) told.lane(row.lane);
      else told.clicked(placeAt(x, y));
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

  const plot = {
    paintSoon,
    bins,
    spotOf,
    view: () => view,
    left,
    lanes: () => rows().map(({ lane }) => lane),
    setView,
    show: glide,
    zoomBy: (/** @type {number} */ factor) => {
      const middle = current === undefined ? undefined : spotOf(current).time;
      const around =
        middle !== undefined && middle > view.from && middle < view.to ? middle : (view.from + view.to) / 2;
      glide(zoomed(view, around, factor, run.duration));
    },
    fit: () => glide(whole(run.duration)),
    setLanes: (/** @type {readonly import('./lanes.js').Lane[]} */ lanes) => {
      layout = layoutOf(lanes);
      spacer.style.height = `${layout.top + layout.height}px`;
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
    /** The colours changed. */
    recolour: () => {
      brush = brushes(run);
      paintSoon();
      return brush;
    },
    colour: (/** @type {string} */ name) => brush.colour(name),
    /** Where a place is on the canvas, for who wants to point at it. @param {Place} place */
    pointOf: (place) => ({ x: xOf(windowNow(), spotOf(place).time), y: rowOf(place.lane)?.y ?? 0 }),
  };
  return plot;
};

/** @typedef {ReturnType<typeof plotOf>} Plot */
