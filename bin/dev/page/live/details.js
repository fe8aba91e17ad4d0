import { element, glyph } from '../../../../lib/report/page/dom.js';
import { duration, roughly } from '../../../../lib/report/page/time.js';
import { resultOf } from './lanes.js';

/**
 * @typedef {import('./store.js').Entry} Entry
 * @typedef {import('../../../../lib/report/marks.js').Mark} Mark
 */

/** The time of day, UTC, as in the terminal. @param {number} at ms */
export const clock = (at) => new Date(at).toISOString().slice(11, 23);

/** Whole seconds that are left, from 0. @param {number} until @param {number} now */
const left = (until, now) => `${Math.max(0, Math.ceil((until - now) / 1_000))} s`;

/** What becomes of a message, in a few words. @param {Entry} entry @param {number} now */
export const stateOf = (entry, now) => {
  const { end, held, calls, spooled } = entry;
  if (entry.unheard.length > 0) return 'nobody hears';
  if (end !== undefined) return `${resultOf(entry)} ${roughly(end.event.took_ms)}`;
  if (held !== undefined && calls.length === 0) return `waits ${left(held.until, now)}`;
  if (spooled) return 'spooled';
  return calls.length === 0 ? 'under way' : `call ${calls.at(-1)?.outcome}`;
};

/** @param {string} when @param {string} what @param {string} [more] */
const moment = (when, what, more = '') =>
  element('li', {}, [
    element('time', { textContent: when }),
    element('span', {}, [element('b', { textContent: what }), ` ${more}`]),
  ]);

/** @param {Entry} entry */
const story = ({ at, received, held, calls, spooled, end, unheard }) => [
  ...(received === undefined
    ? []
    : [
        moment(
          clock(at),
          'received',
          `QoS ${received.qos}${received.retain ? ', retained' : ''} on ${received.topic}`,
        ),
      ]),
  ...(held === undefined
    ? []
    : [
        moment(
          clock(at),
          'waits',
          `up to ${duration(held.forMs)} for "${held.app}" to be registered${
            held.nearest === undefined ? '' : `; the nearest registered name is "${held.nearest}"`
          }`,
        ),
      ]),
  ...(spooled ? [moment('', 'spooled', 'kept on the disk until its turn')] : []),
  ...calls.map((call) =>
    moment(
      clock(Date.parse(call.at)),
      `call ${call.outcome}`,
      `to ${call.to}, ${call.took_ms} ms${call.detail === undefined ? '' : `: ${call.detail}`}`,
    ),
  ),
  ...(end === undefined ? [] : [ending(end)]),
  ...unheard.map((to) =>
    moment('', 'nobody hears', `nothing listens on ${to}: start the app, or register its port`),
  ),
];

/** @param {NonNullable<Entry['end']>} end */
const ending = ({ at, event }) => {
  if (event.event === 'dead-lettered') return moment(clock(at), event.reason, event.detail);
  const to = [...event.to, ...(event.via_notifier ? ['the notifier'] : [])];
  return moment(clock(at), 'notified', `→ ${to.join(', ')}`);
};

const signs = { passes: '✓', waits: '…', ends: '✗' };

/** @param {import('./store.js').DeadLettered['steps'][number]} step */
const stepItem = ({ step, verdict, text, rule, decided_by }) =>
  element('li', { className: verdict }, [
    element('b', { textContent: `${signs[verdict]} ${step}` }),
    element('p', { textContent: text }),
    element('p', { className: 'rule', textContent: rule }),
    ...(decided_by === undefined
      ? []
      : [element('p', { className: 'rule', textContent: `→ ${decided_by}` })]),
  ]);

/**
 * A message in full: what it is, what happened to it, and why.
 *
 * @param {Entry} entry
 * @param {readonly Mark[]} marks
 * @returns {readonly Node[]}
 */
export const detailsOf = (entry, marks) => {
  const { name, received, end } = entry;
  const mark = marks.find(({ result }) => result === (resultOf(entry) ?? 'not settled'));
  const letter = end?.event.event === 'dead-lettered' ? end.event : undefined;
  return [
    element('h2', { className: 'name', textContent: name }),
    element('p', { className: `state tone-${mark?.tone}` }, [
      ...(mark === undefined ? [] : [glyph(mark)]),
      element('span', { id: 'state' }),
    ]),
    ...(letter === undefined ? [] : [element('p', { className: 'advice', textContent: letter.advice })]),
    ...(received === undefined
      ? []
      : [
          element('h3', { textContent: 'Payload' }),
          element('pre', { className: 'payload', tabIndex: 0, textContent: received.payload }),
        ]),
    element('h3', { textContent: 'What happened' }),
    element('ol', { className: 'story' }, story(entry)),
    ...(letter === undefined
      ? []
      : [
          element('h3', { textContent: 'Why' }),
          element('ol', { className: 'steps' }, letter.steps.map(stepItem)),
        ]),
  ];
};
