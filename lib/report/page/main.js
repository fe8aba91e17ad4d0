import { decodeRun } from './decode.js';
import { byId } from './dom.js';
import { factsOf } from './facts.js';
import { everything, passing, withIntegrationAlone, withResultAlone, withResultToggled } from './filter.js';
import { hitsOf } from './hits.js';
import { listenToKeys } from './keyboard.js';
import { lanesOf, messagesOf } from './lanes.js';
import { detailsOf, placeSentence } from './panel.js';
import { plotOf } from './plot.js';
import { printNicely } from './printing.js';
import { stripOf } from './strip.js';
import { summarise } from './summarise.js';
import { counted } from './time.js';
import { panned, within } from './view.js';
import { nearest, walk } from './walk.js';

/** @typedef {import('./hit.js').Place} Place */

/** How many integrations have a lane of their own, unless all are shown. */
const folded = 16;

const run = decodeRun(JSON.parse(byId('run', HTMLScriptElement).text));
const stage = byId('stage', HTMLElement);
const search = byId('search', HTMLInputElement);
const help = byId('help', HTMLDialogElement);
const fold = byId('fold', HTMLButtonElement);
const said = byId('said', HTMLElement);
const message = byId('message', HTMLElement);
const details = byId('details', HTMLElement);
const startsDark = matchMedia('(prefers-color-scheme: dark)');

let filter = everything;
let passes = passing(run, filter);
let most = folded;
/** @type {Place | undefined} */
let current;
let pinned = false;
/** What the panel shows, so that it is rebuilt only for something else. */
let shown = '';

const plot = plotOf(run, byId('plot', HTMLCanvasElement), stage, byId('spacer', HTMLElement), {
  painted: () => {
    showDetails();
    paintStrip();
  },
  hovered: (place) => {
    if (!pinned && place !== undefined) point(place, false);
  },
  clicked: (place) => point(place, place !== undefined),
  lane: (lane) => {
    if (lane.kind === 'integration') chooseIntegration(lane.integration);
    else if (lane.kind !== 'others') setFilter(withResultAlone(filter, lane.result, run.marks.length));
  },
});
const paintStrip = stripOf(run, byId('overview', HTMLCanvasElement), plot);

/** @param {Place | undefined} place @param {boolean} isPinned */
const point = (place, isPinned) => {
  current = place;
  pinned = isPinned;
  plot.point(place, isPinned);
};

const hits = hitsOf(
  run,
  search,
  (place) => {
    const [lane] = plot.lanes();
    const next = { lane, place, single: true };
    point(next, true);
    plot.reveal(next);
    said.textContent = placeSentence(run, lane, plot.spotOf(next));
  },
  () => plot.lanes()[0],
);

const showDetails = () => {
  const spot = current && plot.spotOf(current);
  const now = current && spot ? `${current.lane.kind} ${current.lane.label} ${spot.first} ${spot.count}` : '';
  message.classList.toggle('pinned', pinned);
  if (now === shown) return;
  shown = now;
  message.classList.toggle('open', now !== '');
  message.scrollTop = 0;
  if (current === undefined || spot === undefined) {
    details.replaceChildren();
    return;
  }
  const { lane } = current;
  const choose = (/** @type {number} */ place) => {
    point({ lane, place, single: true }, true);
    details.focus();
  };
  details.replaceChildren(...detailsOf(run, lane, spot, { zoom: () => zoomInto(lane, spot), choose }));
};

/** @param {import('./lanes.js').Lane} lane @param {{ first: number, count: number }} spot */
const zoomInto = (lane, { first, count }) => {
  const [from, to] = [lane.times[first], lane.times[first + count - 1]];
  const margin = (to - from) * 0.3;
  plot.glide(within({ from: from - margin, to: to + margin }, run.duration));
};

/** Rebuilds the lanes; keeps the emphasis if its place is still shown. */
const rebuildLanes = () => {
  const lanes = lanesOf(run, filter, most, passes);
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
  passes = passing(run, filter);
  hits.restart();
  rebuildLanes();
  showSummary();
};

const toggle = (/** @type {number} */ result) => setFilter(withResultToggled(filter, result));
const chooseIntegration = (/** @type {number} */ name) => setFilter(withIntegrationAlone(filter, name));

const showSummary = () => {
  summarise(run, filter, passes, messagesOf(plot.lanes()[0]), { toggle, choose: chooseIntegration });
};

/** Moves with an arrow key, and says where to. The first one begins in the middle of what is shown. @param {string} key */
const step = (key) => {
  const lanes = plot.lanes();
  const { from, to } = plot.view();
  const first = lanes.find(({ times }) => times.length > 0);
  if (first === undefined) return;
  const start = { lane: first, place: nearest(first.times, (from + to) / 2, plot.bins()) };
  const next = { ...(current === undefined ? start : walk(lanes, current, key, plot.bins())), single: false };
  point(next, pinned);
  plot.reveal(next);
  said.textContent = placeSentence(run, next.lane, plot.spotOf(next));
};

/** Pins a marble; zooms into a column, or pins it if its messages have the same time. */
const enter = () => {
  if (current === undefined) return;
  const { lane } = current;
  const spot = plot.spotOf(current);
  const parts = lane.kind !== 'set' && lane.times[spot.first] < lane.times[spot.first + spot.count - 1];
  if (parts) {
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

listenToKeys(stage, help, {
  step,
  enter,
  pan: (part) => {
    const { from, to } = plot.view();
    plot.setView(panned({ from, to }, part * (to - from), run.duration));
  },
  anywhere: {
    '+': () => plot.zoomBy(0.5),
    '=': () => plot.zoomBy(0.5),
    '-': () => plot.zoomBy(2),
    0: plot.fit,
    Escape: close,
    '?': () => help.showModal(),
    '/': () => search.focus(),
  },
});

const integrations = lanesOf(run, everything, Number.POSITIVE_INFINITY).filter(
  ({ kind }) => kind === 'integration',
).length;
const showFold = () => {
  fold.hidden = integrations <= folded;
  fold.textContent = most === folded ? `Show all ${counted(integrations)} integrations` : 'Fold integrations';
};

/** @type {Readonly<Record<string, () => void>>} */
const clicks = {
  in: () => plot.zoomBy(0.5),
  out: () => plot.zoomBy(2),
  fit: plot.fit,
  close,
  ask: () => help.showModal(),
  all: () => {
    search.value = '';
    setFilter(everything);
  },
  fold: () => {
    most = most === folded ? Number.POSITIVE_INFINITY : folded;
    rebuildLanes();
    showFold();
  },
  theme: () => {
    const { dataset } = document.documentElement;
    const now = dataset['theme'] ?? (startsDark.matches ? 'dark' : 'light');
    dataset['theme'] = now === 'dark' ? 'light' : 'dark';
    plot.recolour();
  },
};
for (const [id, action] of Object.entries(clicks))
  byId(id, HTMLButtonElement).addEventListener('click', action);
startsDark.addEventListener('change', plot.recolour);
search.addEventListener('input', () => setFilter({ ...filter, text: search.value.trim().toLowerCase() }));

printNicely(plot.paintNow);

stage.tabIndex = 0;
byId('facts', HTMLElement).textContent = factsOf(run).join(' · ');
rebuildLanes();
showSummary();
showFold();
// What a search reads is made before the first key.
setTimeout(() => passing(run, { ...everything, text: ' ' }));
