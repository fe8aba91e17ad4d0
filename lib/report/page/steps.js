import { registrations } from './lanes.js';
import { duration } from './time.js';

/**
 * A step of a message's decision, derived from the facts of the message.
 *
 * @typedef {{ name: import('../../rules/steps.js').StepName, state: 'passed' | 'waited' | 'stopped' | 'skipped', text: string }} Step
 * @typedef {import('./decode.js').DecodedRun} DecodedRun
 */

/** @type {readonly Step['name'][]} */
const names = ['decode', 'split', 'route', 'hold', 'deliver'];

const outcomes = ['accepted', 'refused', 'failed', 'away: cvmain did not answer'];

/** At most this many calls are listed; of more, the first and the last ones. */
const listedCalls = 8;

/**
 * How a message was decided, step by step.
 *
 * @param {DecodedRun} run
 * @param {number} id
 * @returns {readonly Step[]}
 */
export const stepsOf = (run, id) => {
  const { columns, texts, marks } = run;
  const { result, stop: stopUncalled } = marks[columns.result[id]];
  const detail = texts[columns.resultDetail[id]];
  const called = columns.callFrom[id + 1] > columns.callFrom[id];
  const stop = result === 'expired' && called ? 'deliver' : stopUncalled;
  const stopAt = stop === undefined ? names.length : names.indexOf(stop);
  /** @type {Readonly<Record<string, () => Step>>} */
  const stepBy = {
    decode: () => passed('decode', sourceOf(run, id)),
    split: () => passed('split', splitOf(run, id)),
    route: () => routeStep(run, id),
    hold: () => holdStep(run, id),
    deliver: () => deliverStep(run, id),
  };
  const steps = names.map((name, index) => {
    if (index > stopAt) return /** @type {Step} */ ({ name, state: 'skipped', text: 'not reached' });
    const step = stepBy[name]();
    if (index < stopAt) return step;
    const text = name === 'hold' || called ? step.text : detail;
    return /** @type {Step} */ ({ name, state: 'stopped', text: text === '' ? result : text });
  });
  const took = duration(columns.settledAt[id] - columns.at[id]);
  /** @type {Step} */
  const last =
    result === 'notified'
      ? { name: 'settle', state: 'passed', text: `notified, ${took} after arrival` }
      : result === 'not settled'
        ? { name: 'settle', state: 'waited', text: `not settled when the run ended, ${took} after arrival` }
        : {
            name: 'settle',
            state: 'stopped',
            text: `${result} after ${took}${detail === '' ? '' : `: ${detail}`}`,
          };
  return [...steps, last];
};

/** @param {Step['name']} name @param {string} text @returns {Step} */
const passed = (name, text) => ({ name, state: 'passed', text });

/** @param {DecodedRun} run @param {number} id */
const sourceOf = ({ columns, texts }, id) => {
  const source = Math.floor(columns.flags[id] / 16) % 4;
  const from = source === 1 ? ' from the payload' : source === 2 ? ' from the topic' : '';
  return columns.name[id] === 0 ? `a name${from}` : `“${texts[columns.name[id]]}”${from}`;
};

/** The part of a full name after the integration and its dash. @param {DecodedRun} run @param {number} id */
export const messagePart = ({ columns, texts }, id) =>
  texts[columns.name[id]].slice(texts[columns.integration[id]].length + 1);

/** @param {DecodedRun} run @param {number} id */
const splitOf = (run, id) =>
  `integration “${run.texts[run.columns.integration[id]]}”, message “${messagePart(run, id)}”`;

/** When the message's integration was registered, from its arrival on; undefined if it was not. @param {DecodedRun} run @param {number} id */
const registeredFrom = (run, id) => {
  const { at, settledAt, integration } = run.columns;
  const spans = registrations(run).get(integration[id]) ?? [];
  const span = spans.find(([from, to]) => to > at[id] && from <= settledAt[id]);
  return span === undefined ? undefined : Math.max(span[0], at[id]);
};

/** @param {DecodedRun} run @param {number} id @returns {Step} */
const routeStep = (run, id) => {
  const at = run.columns.at[id];
  const name = run.texts[run.columns.integration[id]];
  if (!run.sets.some((set) => set.at <= at)) {
    return { name: 'route', state: 'waited', text: 'no live set was known when it arrived' };
  }
  return registeredFrom(run, id) === at
    ? passed('route', `“${name}” was registered when it arrived`)
    : { name: 'route', state: 'waited', text: `“${name}” was not registered when it arrived` };
};

/** @param {DecodedRun} run @param {number} id @returns {Step} */
const holdStep = (run, id) => {
  const { at, settledAt, callFrom, callAt, lifetime } = run.columns;
  const called = callFrom[id + 1] > callFrom[id];
  const waited = (called ? callAt[callFrom[id]] : settledAt[id]) - at[id];
  const registered = registeredFrom(run, id);
  const within = lifetime[id] >= 0 ? `; its lifetime is ${duration(lifetime[id])}` : '';
  if (registered === undefined)
    return { name: 'hold', state: 'waited', text: `held ${duration(waited)}; it did not register${within}` };
  if (registered > at[id]) {
    const text = `held ${duration(registered - at[id])}, until it registered${within}`;
    return { name: 'hold', state: 'waited', text };
  }
  return waited >= 1
    ? { name: 'hold', state: 'waited', text: `waited ${duration(waited)} for its turn${within}` }
    : passed('hold', `not held${within}`);
};

/** @param {DecodedRun} run @param {number} id @returns {Step} */
const deliverStep = (run, id) => {
  const { columns } = run;
  const from = columns.callFrom[id];
  const all = Array.from({ length: columns.callFrom[id + 1] - from }, (_, index) =>
    callText(run, id, from + index),
  );
  const lines =
    all.length > listedCalls
      ? [...all.slice(0, 4), `… ${all.length - listedCalls} more …`, ...all.slice(4 - listedCalls)]
      : all;
  return all.length === 0
    ? { name: 'deliver', state: 'skipped', text: 'no call was made' }
    : passed('deliver', lines.join('\n'));
};

/** @param {DecodedRun} run @param {number} id @param {number} call */
const callText = ({ columns, texts }, id, call) => {
  const to = texts[columns.callTo[call]];
  const target = columns.callTarget[call] === 0 ? 'notifier' : `external${to === '' ? '' : ` ${to}`}`;
  const outcome = outcomes[columns.callOutcome[call]] ?? '';
  const detail = texts[columns.callDetail[call]];
  const when = `+${duration(columns.callAt[call] - columns.at[id])}`;
  return `${when} ${target}: ${outcome}, ${duration(columns.callTook[call])}${detail === '' ? '' : ` (${detail})`}`;
};

/**
 * A message's notification as key-value pairs, sent or not; undefined without a body.
 *
 * @param {DecodedRun} run
 * @param {number} id
 * @returns {readonly (readonly [string, string])[] | undefined}
 */
export const notificationOf = (run, id) => {
  const { columns, texts, startedAt } = run;
  const body = Math.floor(columns.flags[id] / 64) % 4;
  if (body === 0) return undefined;
  return [
    ['type', texts[columns.name[id]]],
    ['integration', texts[columns.integration[id]]],
    ['message', messagePart(run, id)],
    [body === 1 ? 'body' : 'body_base64', texts[columns.body[id]]],
    ['topic', texts[columns.topic[id]]],
    ...(startedAt === null
      ? []
      : [/** @type {const} */ (['dt', new Date(startedAt + columns.at[id]).toISOString()])]),
  ];
};
