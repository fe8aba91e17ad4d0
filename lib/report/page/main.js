import { decodeRun } from './decode.js';
import { byId } from './dom.js';
import { factsOf } from './facts.js';
import { everything, isEverything, lanesOf } from './lanes.js';
import { paintOverview } from './overview.js';
import { changeDetails, columnDetails, messageDetails, sentenceOf } from './panel.js';
import { plotOf } from './plot.js';
import { endSwitches, latencyTable } from './summary.js';
import { counted, duration } from './time.js';
import { panned, whole, within } from './view.js';
import { nearest, walk } from './walk.js';

/** @typedef {import('./plot.js').Place} Place */

/** Integrations with a lane of their own, until all are asked for. */
const folded = 16;

const run = decodeRun(JSON.parse(byId('run', HTMLScriptElement).text));
const [details, aside, said] = [
  byId('details', HTMLElement),
  byId('message', HTMLElement),
  byId('said', HTMLElement),
];
const [search, help, fold] = [
  byId('search', HTMLInputElement),
  byId('help', HTMLDialogElement),
  byId('fold', HTMLButtonElement),
];
const stage = byId('stage', HTMLElement);
stage.tabIndex = 0;
const [canvas, overview] = [byId('plot', HTMLCanvasElement), byId('overview', HTMLCanvasElement)];
const badly = Float64Array.from(run.columns.at.filter((_, id) => run.columns.end[id] !== 0));

let filter = everything;
let most = folded;
/** @type {Place | undefined} */
let current;
let pinned = false;
/** What the panel shows, so that it is made anew only for something else. */
let shown = '';

const plot = plotOf(run, canvas, stage, byId('spacer', HTMLElement), {
  painted: () => {
    showDetails();
    drawOverview();
  },
  hovered: (place) => {
    if (!pinned && place !== undefined) point(place, false);
  },
  clicked: (place) => point(place, place !== undefined),
  lane: (lane) => {
    if (lane.kind === 'integration')
      setFilter({ ...filter, integration: filter.integration === lane.integration ? 0 : lane.integration });
    else if (lane.kind !== 'others') only(lane.end);
  },
});

/** @param {Place | undefined} place @param {boolean} isPinned */
const point = (place, isPinned) => {
  current = place;
  pinned = isPinned;
  plot.point(place, isPinned);
};

const showDetails = () => {
  const spot = current && plot.spotOf(current);
  const now = current && spot ? `${current.lane.label} ${spot.first} ${spot.count} ${pinned}` : '';
  if (now === shown) return;
  shown = now;
  aside.classList.toggle('open', now !== '');
  aside.classList.toggle('pinned', pinned);
  if (current === undefined || spot === undefined) {
    details.replaceChildren();
    return;
  }
  const { lane } = current;
  details.replaceChildren(
    ...(lane.kind === 'set'
      ? changeDetails(run, spot.first, spot.count)
      : spot.count === 1
        ? messageDetails(run, lane.ids[spot.first])
        : columnDetails(run, lane, spot.first, spot.count, {
            zoom: () => zoomInto(lane, spot),
            choose: (place) => {
              point({ lane, place, single: true }, true);
              details.focus();
            },
          })),
  );
  aside.scrollTop = 0;
};

/** @param {import('./lanes.js').Lane} lane @param {{ first: number, count: number }} spot */
const zoomInto = (lane, { first, count }) => {
  const [from, to] = [lane.times[first], lane.times[first + count - 1]];
  plot.show(within({ from: from - (to - from) * 0.3, to: to + (to - from) * 0.3 }, run.duration));
};

/** Shows the lanes anew; what is pointed at stays so where it is still shown. */
const relane = () => {
  const lanes = lanesOf(run, filter, most);
  plot.setLanes(lanes);
  if (current === undefined) return;
  const { lane, place } = current;
  const now = lanes.find(({ kind, label }) => kind === lane.kind && label === lane.label);
  const found = now?.ids.indexOf(lane.ids[place]) ?? -1;
  if (now === undefined || found < 0) point(undefined, false);
  else point({ ...current, lane: now, place: found }, pinned);
};

/** @param {import('./lanes.js').Filter} next */
const setFilter = (next) => {
  filter = next;
  relane();
  showSummary();
};

/** Shows one end alone, or all again. @param {number} end */
const only = (end) => {
  const others = new Set([...run.marks.keys()].filter((each) => each !== end));
  const isOnly = others.size === filter.hidden.size && !filter.hidden.has(end);
  setFilter({ ...filter, hidden: isOnly ? new Set() : others });
};

const showSummary = () => {
  const focused = document.activeElement?.textContent;
  byId('ends', HTMLElement).replaceChildren(
    ...endSwitches(run, filter.hidden, (end) => {
      const hidden = new Set(filter.hidden);
      if (!hidden.delete(end)) hidden.add(end);
      setFilter({ ...filter, hidden });
    }),
  );
  byId('latency', HTMLElement).replaceChildren(
    latencyTable(run, filter.integration, (integration) => setFilter({ ...filter, integration })),
  );
  byId('all', HTMLButtonElement).hidden = isEverything(filter);
  const left = plot.lanes()[0].ids.length;
  const by = filter.integration === 0 ? '' : ` for ${run.texts[filter.integration]}`;
  byId('passing', HTMLElement).textContent = isEverything(filter)
    ? ''
    : `${counted(left)} of ${counted(run.count)} shown${by}`;
  // The switch that was used is a new one now.
  const buttons = document.querySelectorAll('#ends button, #latency button');
  const again = [...buttons].find((button) => button.textContent === focused);
  if (again instanceof HTMLElement) again.focus();
};

const drawOverview = () => {
  const context = overview.getContext('2d');
  const [width, height] = [overview.clientWidth, overview.clientHeight];
  if (context === null || width === 0) return;
  overview.width = Math.round(width * devicePixelRatio);
  overview.height = Math.round(height * devicePixelRatio);
  context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
  const size = { left: plot.left(), right: width - 18, width, height };
  paintOverview(
    context,
    { duration: run.duration, came: run.columns.at, badly },
    plot.view(),
    size,
    plot.colour,
  );
};

/** Moves the view to where the overview is pointed at. @param {PointerEvent} event */
const jump = (event) => {
  if (event.buttons !== 1) return;
  const all = whole(run.duration);
  const share = (event.offsetX - plot.left()) / (overview.clientWidth - 18 - plot.left());
  const { from, to } = plot.view();
  plot.setView(panned(plot.view(), all.from + share * (all.to - all.from) - (from + to) / 2, run.duration));
};
overview.addEventListener('pointerdown', (event) => {
  overview.setPointerCapture(event.pointerId);
  jump(event);
});
overview.addEventListener('pointermove', jump);

/** Moves with an arrow key, and says where to. @param {string} key */
const step = (key) => {
  const lanes = plot.lanes();
  const { from, to } = plot.view();
  const start =
    current ??
    lanes
      .filter(({ times }) => times.length > 0)
      .map((lane) => ({ lane, place: nearest(lane.times, (from + to) / 2, plot.bins()) }))[0];
  if (start === undefined) return;
  const next = { ...(current === undefined ? start : walk(lanes, start, key, plot.bins())), single: false };
  point(next, pinned);
  plot.reveal(next);
  const { lane } = next;
  const { first, count, time } = plot.spotOf(next);
  const what =
    lane.kind === 'set'
      ? `live set changed at ${duration(time)}`
      : count === 1
        ? sentenceOf(run, lane.ids[first])
        : `${counted(count)} messages around ${duration(time)}, Enter zooms in`;
  said.textContent = `${lane.label}: ${what}`;
};

/** What Enter does: a marble is pinned; a column is zoomed into, or where its messages came at one moment, it is pinned. */
const enter = () => {
  if (current === undefined) return;
  const { lane } = current;
  const spot = plot.spotOf(current);
  if (
    spot.count > 1 &&
    lane.kind !== 'set' &&
    lane.times[spot.first] < lane.times[spot.first + spot.count - 1]
  ) {
    zoomInto(lane, spot);
    return;
  }
  point(current, !pinned);
  said.textContent = pinned ? 'pinned' : 'not pinned';
};

const close = () => {
  point(undefined, false);
  stage.focus();
};

/** @type {Readonly<Record<string, () => void>>} */
const keys = {
  '+': () => plot.zoomBy(0.5),
  '=': () => plot.zoomBy(0.5),
  '-': () => plot.zoomBy(2),
  0: plot.fit,
  Escape: close,
  '?': () => help.showModal(),
  '/': () => search.focus(),
};

stage.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const isArrow = event.key.startsWith('Arrow');
  const { from, to } = plot.view();
  if (event.shiftKey && isArrow) {
    plot.setView(
      panned(
        plot.view(),
        (event.key === 'ArrowLeft' ? -0.2 : event.key === 'ArrowRight' ? 0.2 : 0) * (to - from),
        run.duration,
      ),
    );
  } else if (isArrow || event.key === 'Home' || event.key === 'End') step(event.key);
  else if (event.key === 'Enter' || event.key === ' ') enter();
  else return;
  event.preventDefault();
});
document.addEventListener('keydown', (event) => {
  const isTyping = event.target instanceof HTMLInputElement;
  const action = keys[event.key];
  if (action === undefined || help.open || event.ctrlKey || event.metaKey || event.altKey) return;
  if (isTyping && event.key !== 'Escape') return;
  event.preventDefault();
  action();
});

/** @param {string} id @param {() => void} action */
const onClick = (id, action) => byId(id, HTMLButtonElement).addEventListener('click', action);
onClick('in', () => plot.zoomBy(0.5));
onClick('out', () => plot.zoomBy(2));
onClick('fit', plot.fit);
onClick('close', close);
onClick('ask', () => help.showModal());
onClick('all', () => {
  search.value = '';
  setFilter(everything);
});
onClick('fold', () => {
  most = most === folded ? Number.POSITIVE_INFINITY : folded;
  relane();
  showFold();
});
onClick('theme', () => {
  const isDark =
    document.documentElement.dataset['theme'] ??
    (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light');
  document.documentElement.dataset['theme'] = isDark === 'dark' ? 'light' : 'dark';
  plot.recolour();
});
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', plot.recolour);
search.addEventListener('input', () => setFilter({ ...filter, text: search.value.trim().toLowerCase() }));

const integrations = lanesOf(run, everything, Number.POSITIVE_INFINITY).filter(
  ({ kind }) => kind === 'integration',
).length;
const showFold = () => {
  fold.hidden = integrations <= folded;
  fold.textContent = most === folded ? `Show all ${counted(integrations)} integrations` : 'Fold integrations';
};

byId('facts', HTMLElement).textContent = factsOf(run).join(' · ');
relane();
showSummary();
showFold();
