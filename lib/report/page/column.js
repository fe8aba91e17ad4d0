import { element, glyph } from './dom.js';
import { titleOf } from './facts.js';
import { messagesAt } from './lanes.js';
import { counted, duration, plural, roughly } from './time.js';

/**
 * @typedef {import('./decode.js').DecodedRun} DecodedRun
 * @typedef {import('./lanes.js').Lane} Lane
 */

/** At most this many messages of a column are listed. */
const mostListed = 60;

/**
 * The details of a column: the results of its messages, and a list of them.
 *
 * @param {DecodedRun} run
 * @param {Lane} lane
 * @param {number} first
 * @param {number} count
 * @param {{ zoom: () => void, choose: (place: number) => void }} then
 */
export const columnDetails = (run, lane, first, count, then) => {
  const ids = lane.ids.subarray(first, first + count);
  const [from, to] = [lane.times[first], lane.times[first + count - 1]];
  /** @type {Map<number, number>} */
  const results = new Map();
  for (const id of ids) {
    const result = run.columns.result[id];
    results.set(result, (results.get(result) ?? 0) + (run.columns.counted[id] || 1));
  }
  const total = messagesAt(lane, { first, count });
  const kept = Array.from(ids.keys()).filter((index) => run.columns.counted[ids[index]] === 0);
  return [
    element('p', { className: 'headline' }, [
      `${lane.label} · ${duration(from)}${duration(from) === duration(to) ? '' : ` to ${duration(to)}`}`,
    ]),
    element('h2', {}, [plural(total, 'message')]),
    element(
      'ul',
      { className: 'tally' },
      Array.from(results, ([result, each]) =>
        element('li', {}, [glyph(run.marks[result]), `${counted(each)} ${run.marks[result].result}`]),
      ),
    ),
    to > from
      ? element('button', { type: 'button', className: 'wide', onclick: then.zoom }, ['Zoom in to them'])
      : '',
    element(
      'ol',
      { className: 'listed' },
      kept.slice(0, mostListed).map((index) => {
        const id = ids[index];
        return element('li', {}, [
          element('button', { type: 'button', onclick: () => then.choose(first + index) }, [
            glyph(run.marks[run.columns.result[id]]),
            element('span', { className: 'name' }, [titleOf(run, id)]),
            element('span', { className: 'number' }, [
              roughly(run.columns.settledAt[id] - run.columns.at[id]),
            ]),
          ]),
        ]);
      }),
    ),
    kept.length > mostListed
      ? element('p', { className: 'none' }, [`and ${counted(kept.length - mostListed)} more`])
      : '',
    total > kept.length
      ? element('p', { className: 'none' }, [
          `${counted(total - kept.length)} of them are only counted, in steps of ${duration(run.step)}. To see each message, draw a part of the capture with --from and --to.`,
        ])
      : '',
  ];
};
