/**
 * The percentiles of the notified messages that pass, by the nearest rank as in lib/report/latency.ts. What is only counted
 * has no durations.
 *
 * @param {import('./decode.js').DecodedRun} run
 * @param {Uint8Array} passes
 * @returns {Pick<import('./decode.js').DecodedRun, 'latency' | 'latencies'>}
 */
export const latenciesIn = ({ columns, count }, passes) => {
  /** @type {number[]} */
  const all = [];
  /** @type {Map<number, number[]>} */
  const by = new Map();
  for (let id = 0; id < count; id += 1) {
    if (passes[id] === 0 || columns.result[id] !== 0 || columns.counted[id] > 0) continue;
    const took = columns.settledAt[id] - columns.at[id];
    all.push(took);
    const own = by.get(columns.integration[id]);
    if (own === undefined) by.set(columns.integration[id], [took]);
    else own.push(took);
  }
  const latencies = Array.from(by, ([integration, each]) => ({ integration, latency: latencyIn(each) }));
  return {
    latency: all.length === 0 ? null : latencyIn(all),
    latencies: latencies.filter(({ integration }) => integration !== 0),
  };
};

/** @param {readonly number[]} durations */
const latencyIn = (durations) => {
  const sorted = Float64Array.from(durations).sort();
  const at = (/** @type {number} */ percent) => sorted[Math.ceil((percent * sorted.length) / 100) - 1];
  return { count: sorted.length, p50: at(50), p90: at(90), p99: at(99), max: at(100) };
};
