import { element, glyph } from './dom.js';
import { counted, roughly } from './time.js';

/** @typedef {import('./decode.js').DecodedRun} DecodedRun */

/**
 * The number of messages with each result.
 *
 * @param {DecodedRun} run
 * @param {Uint8Array} [passes] only of those that pass
 */
export const countsOf = ({ columns, count, marks }, passes) => {
  const counts = new Float64Array(marks.length);
  for (let id = 0; id < count; id += 1) {
    if (passes === undefined || passes[id] === 1) counts[columns.result[id]] += columns.counted[id] || 1;
  }
  return counts;
};

/**
 * The results that occurred, with their counts, as switches that show or hide them.
 *
 * @param {DecodedRun} run
 * @param {Float64Array} counts of those that are found
 * @param {ReadonlySet<number>} hidden
 * @param {(result: number) => void} toggle
 */
export const resultSwitches = (run, counts, hidden, toggle) => {
  const occurred = countsOf(run);
  return run.marks.flatMap((mark, result) =>
    occurred[result] === 0
      ? []
      : [
          element(
            'button',
            {
              type: 'button',
              className: 'result',
              'aria-pressed': !hidden.has(result),
              onclick: () => toggle(result),
            },
            [glyph(mark), mark.result, element('span', { className: 'number' }, [counted(counts[result])])],
          ),
        ],
  );
};

/**
 * The percentiles, of all and by integration; an integration's name filters by it.
 *
 * @param {Pick<DecodedRun, 'latency' | 'latencies' | 'texts'>} run
 * @param {number} chosen the number of the integration that is filtered by, or 0
 * @param {(integration: number) => void} choose
 */
export const latencyTable = ({ latency, latencies, texts }, chosen, choose) => {
  if (latency === null) return element('p', { className: 'none' }, ['No message was notified.']);
  const head = ['', 'p50', 'p90', 'p99', 'max'].map((name) => element('th', { scope: 'col' }, [name]));
  const row = (
    /** @type {Node | string} */ name,
    /** @type {import('./decode.js').Latency} */ { p50, p90, p99, max },
  ) =>
    element('tr', {}, [
      element('th', { scope: 'row' }, [name]),
      ...[p50, p90, p99, max].map((ms) => element('td', {}, [roughly(ms)])),
    ]);
  const rows = [...latencies]
    .sort((a, b) => b.latency.count - a.latency.count)
    .map((each) => {
      const name = texts[each.integration];
      const onclick = () => choose(each.integration === chosen ? 0 : each.integration);
      const title = `${name}: ${counted(each.latency.count)} notified`;
      return row(
        element('button', { type: 'button', title, 'aria-pressed': each.integration === chosen, onclick }, [
          name,
        ]),
        each.latency,
      );
    });
  return element('table', {}, [
    element('thead', {}, [element('tr', {}, head)]),
    element('tbody', {}, [row('all', latency), ...rows]),
  ]);
};
