import { byId, plain } from '../../../../lib/report/page/dom.js';
import { counted, plural } from '../../../../lib/report/page/time.js';
import { showApps } from './apps.js';
import { diagramOf } from './canvas.js';
import { clock, detailsOf, stateOf } from './details.js';
import { act, filledIn } from './forms.js';
import { latest, messageList } from './messages.js';
import { storeOf } from './store.js';

/** @typedef {import('./store.js').Entry} Entry */

/** How often texts are written, the diagram is painted, and a lost connection is tried again, ms. */
const every = { text: 250, picture: 33, calmPicture: 1_000, connection: 1_000 };

/** @type {readonly import('../../../../lib/report/marks.js').Mark[]} */
const marks = JSON.parse(byId('marks', HTMLScriptElement).text);
const span = byId('span', HTMLSelectElement);
const filter = byId('filter', HTMLSelectElement);
const pause = byId('pause', HTMLButtonElement);
const said = byId('said', HTMLElement);
const details = byId('details', HTMLElement);
const calm = matchMedia('(prefers-reduced-motion: reduce)');

const store = storeOf();
/** What the server's clock is ahead of ours, ms. */
let ahead = 0;
/** When the page was paused. @type {number | undefined} */
let pausedAt;
/** @type {Entry | undefined} */
let chosen;
let shownDetails = '';
let shownApps = -1;
/** The message that was sent here, the last one before it, and what was said of it. @type {{ readonly digest: string, readonly after: number, state: string } | undefined} */
let followed;

const now = () => pausedAt ?? Date.now() + ahead;

/** @param {Entry | undefined} entry */
const chooseEntry = (entry) => {
  chosen = entry;
  list.choose(entry?.id);
  showDetails();
};
const choose = (/** @type {number} */ id) => chooseEntry(store.entries().find((entry) => entry.id === id));
const list = messageList(byId('messages', HTMLElement), marks, choose);
const diagram = diagramOf(byId('diagram', HTMLCanvasElement), store, marks, choose);

const showDetails = () => {
  const key = chosen === undefined ? '' : `${chosen.id} ${chosen.version}`;
  if (key !== shownDetails) {
    shownDetails = key;
    details.replaceChildren(...(chosen === undefined ? [] : detailsOf(chosen, marks)));
    byId('hint', HTMLElement).hidden = chosen !== undefined;
  }
  const state = document.getElementById('state');
  if (chosen !== undefined && state !== null) state.textContent = stateOf(chosen, now());
};

/** @param {string} text @param {boolean} isGood */
const say = (text, isGood) => {
  said.textContent = plain(text);
  said.classList.toggle('bad', !isGood);
};

/** Says what becomes of the message that was sent here. */
const follow = () => {
  const entry = followed && store.latest(followed.digest);
  // An equal message may have been sent before.
  if (followed === undefined || entry === undefined || entry.id <= followed.after) return;
  if (followed.state === '') chooseEntry(entry);
  const { end } = entry;
  const state = end === undefined && entry.held !== undefined ? 'waits' : stateOf(entry, now());
  if (state === followed.state) return;
  followed.state = state;
  const letter = end?.event.event === 'dead-lettered' ? end.event : undefined;
  const why = letter === undefined ? '' : `: ${letter.detail}. ${letter.advice}`;
  say(`${entry.name}: ${state}${why}`, letter === undefined && entry.unheard.length === 0);
  if (end !== undefined && Date.now() + ahead - end.at > 2_000) followed = undefined;
};

const showTexts = () => {
  follow();
  const { received, notified, rejected } = store.counts();
  byId('counts', HTMLElement).textContent =
    `${plural(received, 'message')}: ${counted(notified)} notified, ${counted(rejected)} not delivered`;
  byId('unit', HTMLElement).textContent = store.unit();
  if (pausedAt === undefined) list.show(latest(store.entries(), filter.value), now());
  showDetails();
  if (shownApps !== store.appsVersion()) {
    shownApps = store.appsVersion();
    showApps(byId('apps', HTMLElement), store.apps(), (name) => void perform('unregister', { name }));
  }
  const log = store.log().map(({ at, text }) => `${clock(at)}  ${plain(text)}`);
  const shown = byId('log', HTMLElement);
  if (shown.textContent !== log.join('\n')) shown.textContent = log.join('\n');
};

/** @param {string} action @param {object} input */
const perform = async (action, input) => {
  const after = store.entries().at(-1)?.id ?? 0;
  const { text, isGood, digest } = await act(action, input);
  say(text, isGood);
  followed = digest === undefined ? undefined : { digest, after, state: '' };
  return isGood;
};

for (const action of ['send', 'register']) {
  const form = byId(action, HTMLFormElement);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void perform(action, filledIn(form));
  });
}
filter.addEventListener('change', () => {
  if (pausedAt === undefined) return;
  const before = store.entries().filter(({ at }) => at <= now());
  list.show(latest(before, filter.value), now());
});
pause.addEventListener('click', () => {
  pausedAt = pausedAt === undefined ? now() : undefined;
  pause.setAttribute('aria-pressed', `${pausedAt !== undefined}`);
});

let [paintedAt, wroteAt] = [0, 0];
/** @param {number} at */
const frame = (at) => {
  requestAnimationFrame(frame);
  if (at - wroteAt >= every.text) {
    wroteAt = at;
    showTexts();
  }
  if (at - paintedAt < (calm.matches ? every.calmPicture : every.picture)) return;
  paintedAt = at;
  diagram.paint(now(), Number(span.value), chosen);
};
requestAnimationFrame(frame);

/** The run of `cvmqtt dev` that this page is of: another one has another token. */
let run = '';
const connection = byId('connection', HTMLElement);

/** Connects, again and again: a browser gives up where nobody listens. */
const connect = () => {
  const events = new EventSource('/events');
  events.addEventListener('hello', ({ data }) => {
    const hello = JSON.parse(data);
    if (run !== '' && run !== hello.run) location.reload();
    run = hello.run;
    ahead = hello.now - Date.now();
    connection.textContent = 'live';
    store.reset();
    chooseEntry(undefined);
  });
  events.addEventListener('message', ({ data }) => {
    for (const event of JSON.parse(data)) store.take(event);
  });
  /** @param {string} why */
  const again = (why) => {
    connection.textContent = why;
    events.close();
    setTimeout(connect, every.connection);
  };
  events.addEventListener('full', () => again('too many windows show this page: close one'));
  events.addEventListener('error', () => again('cvmqtt dev does not answer'));
};
connect();
