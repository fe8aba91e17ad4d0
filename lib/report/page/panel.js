import { clamped } from './clamped.js';
import { columnDetails } from './column.js';
import { element, glyph } from './dom.js';
import { titleOf } from './facts.js';
import { messagesAt } from './lanes.js';
import { changeLabel } from './scene.js';
import { notificationOf, stepsOf } from './steps.js';
import { counted, duration, moment, plural } from './time.js';

/**
 * @typedef {import('./decode.js').DecodedRun} DecodedRun
 * @typedef {import('./lanes.js').Lane} Lane
 */

const signs = { passed: '✓', waited: '⋯', stopped: '✕', skipped: '–' };
const spoken = { passed: 'passed', waited: 'waited', stopped: 'stopped here', skipped: 'not reached' };

/** A message in one sentence. @param {DecodedRun} run @param {number} id */
const sentenceOf = (run, id) => {
  const { columns, marks } = run;
  const took = duration(columns.settledAt[id] - columns.at[id]);
  return `${titleOf(run, id)}, ${marks[columns.result[id]].result} after ${took}, arrived at ${duration(columns.at[id])}`;
};

/** @param {readonly (readonly [string, string])[]} pairs @param {string} className */
const list = (pairs, className) =>
  element(
    'dl',
    { className },
    pairs.flatMap(([key, value]) => [
      element('dt', {}, [key]),
      element('dd', {}, value === '' ? [element('i', {}, ['empty'])] : clamped(value)),
    ]),
  );

/**
 * The details of a message: its content, how it was decided, and its result.
 *
 * @param {DecodedRun} run
 * @param {number} id
 */
const messageDetails = (run, id) => {
  const { columns, texts, marks } = run;
  const flags = columns.flags[id];
  const mark = marks[columns.result[id]];
  const marked = [`QoS ${flags % 4}`, flags & 4 ? 'retained' : '', flags & 8 ? 'DUP' : '']
    .filter(Boolean)
    .join(', ');
  const notification = notificationOf(run, id);
  const called = columns.callFrom[id + 1] > columns.callFrom[id];
  return [
    element('p', { className: `headline tone-${mark.tone}` }, [
      glyph(mark),
      `${mark.result} · ${duration(columns.settledAt[id] - columns.at[id])}`,
    ]),
    element('h2', {}, clamped(titleOf(run, id))),
    list(
      [
        ['came', moment(run.startedAt, columns.at[id])],
        ['topic', texts[columns.topic[id]]],
        ['as', marked],
        [plural(columns.bytes[id], 'byte'), texts[columns.preview[id]]],
      ],
      'facts',
    ),
    element('h3', {}, ['decision']),
    element(
      'ol',
      { className: 'steps' },
      stepsOf(run, id).map(({ name, state, text }) =>
        element('li', { className: state }, [
          element('span', { className: 'sign', role: 'img', 'aria-label': spoken[state] }, [signs[state]]),
          element('b', {}, [name]),
          element('span', { className: 'finding' }, clamped(text)),
        ]),
      ),
    ),
    element('h3', {}, ['notification']),
    ...(notification === undefined
      ? [element('p', { className: 'none' }, ['None was made.'])]
      : [
          called ? '' : element('p', { className: 'none' }, ['Not sent. It would have been:']),
          list(notification, 'notification'),
        ]),
  ];
};

/**
 * Changes of the live set.
 *
 * @param {DecodedRun} run
 * @param {number} first
 * @param {number} count
 */
const changeDetails = (run, first, count) =>
  run.sets
    .slice(first, first + Math.min(count, 20))
    .flatMap(({ at, came, went, size }) => [
      element('p', { className: 'headline tone-accent' }, [`live set · ${moment(run.startedAt, at)}`]),
      element('h2', {}, [`${counted(size)} registered`]),
      list(
        [
          ...(came.length > 0 ? [/** @type {const} */ (['came', namesOf(run, came)])] : []),
          ...(went.length > 0 ? [/** @type {const} */ (['went', namesOf(run, went)])] : []),
        ],
        'facts',
      ),
    ]);

/** @param {DecodedRun} run @param {readonly number[]} names */
const namesOf = ({ texts }, names) =>
  [
    ...names.slice(0, 100).map((name) => texts[name]),
    ...(names.length > 100 ? [`and ${names.length - 100} more`] : []),
  ].join(', ');

/** Whether a spot is one message, and not a column. @param {DecodedRun} run @param {Lane} lane @param {{ first: number, count: number }} spot */
const isMessage = (run, lane, { first, count }) => count === 1 && run.columns.counted[lane.ids[first]] === 0;

/**
 * The details of a spot of a lane.
 *
 * @param {DecodedRun} run
 * @param {Lane} lane
 * @param {{ first: number, count: number }} spot
 * @param {{ zoom: () => void, choose: (place: number) => void }} then
 */
export const detailsOf = (run, lane, { first, count }, then) => {
  if (lane.kind === 'set') return changeDetails(run, first, count);
  return isMessage(run, lane, { first, count })
    ? messageDetails(run, lane.ids[first])
    : columnDetails(run, lane, first, count, then);
};

/**
 * A spot of a lane in a sentence, for screen readers.
 *
 * @param {DecodedRun} run
 * @param {Lane} lane
 * @param {import('./spots.js').Spot} spot
 */
export const placeSentence = (run, lane, { first, count, time }) => {
  if (lane.kind === 'set') return `${lane.label}: ${changeLabel(run, first)} at ${duration(time)}`;
  const parts = lane.times[first] < lane.times[first + count - 1] ? ', Enter zooms in' : '';
  return isMessage(run, lane, { first, count })
    ? `${lane.label}: ${sentenceOf(run, lane.ids[first])}`
    : `${lane.label}: ${plural(messagesAt(lane, { first, count }), 'message')} around ${duration(time)}${parts}`;
};
