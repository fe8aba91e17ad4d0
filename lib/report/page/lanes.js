import { isEverything, passing } from './filter.js';

/**
 * A lane: its entries in order of time, each a message or a cell of counted ones.
 *
 * @typedef {object} Lane
 * @property {'arrivals' | 'set' | 'integration' | 'others' | 'rejected' | 'unsettled'} kind
 * @property {string} label
 * @property {number} result the result of its messages, an index of the run's marks; 0 for arrivals and the set
 * @property {number} integration the number of the integration's name, or 0
 * @property {Uint32Array} ids its entries; in the lane of the set its changes
 * @property {Float64Array} times when they are shown
 * @property {Float64Array} sums how many messages are before each entry, and after the last one how many there are
 * @property {Float64Array} starts when they came, sorted
 * @property {Float64Array} startSums how many messages came before each
 * @property {readonly (readonly [number, number])[]} registered from when to when the integration was registered
 *
 * @typedef {import('./decode.js').DecodedRun} DecodedRun
 * @typedef {import('./filter.js').Filter} Filter
 */

/** The number of messages at a place of a lane. @param {Lane} lane @param {{ first: number, count: number }} spot */
export const messagesAt = ({ sums }, { first, count }) => sums[first + count] - sums[first];

/** The number of messages of a lane. @param {Lane} lane */
export const messagesOf = ({ sums }) => sums.at(-1) ?? 0;

/** app2 before app10. */
const byName = new Intl.Collator('en', { numeric: true });

/**
 * When each integration was registered, by name number.
 *
 * @param {DecodedRun} run
 * @returns {Map<number, [number, number][]>}
 */
export const registrations = ({ sets, duration }) => {
  /** @type {Map<number, [number, number][]>} */
  const spans = new Map();
  for (const { at, came, went } of sets) {
    for (const name of came) {
      const known = spans.get(name);
      if (known === undefined) spans.set(name, [[at, duration]]);
      else known.push([at, duration]);
    }
    for (const name of went) {
      const last = spans.get(name)?.at(-1);
      if (last !== undefined) last[1] = at;
    }
  }
  return spans;
};

/**
 * The lanes of a run: arrivals, changes of the live set, the reasons of rejection that occurred and `not settled`, which
 * are why one looks, and the integrations by name. A message is in the first lane and in that of its result. The integrations beyond
 * the `most` busiest ones share a lane. With a filter, lanes without a message are left out.
 *
 * @param {DecodedRun} run
 * @param {Filter} filter
 * @param {number} most
 * @param {Uint8Array} passes which entries pass the filter
 * @returns {Lane[]}
 */
export const lanesOf = (run, filter, most, passes = passing(run, filter)) => {
  const { columns, marks, settled, unsettled } = run;
  const spans = registrations(run);
  const busy = busiest(run, passes, spans, isEverything(filter) ? 0 : 1);
  const shown = busy.length > most ? busy.slice(0, Math.max(0, most - 1)) : busy;
  const named = shown
    .map(({ integration }) => integration)
    .sort((a, b) => byName.compare(run.texts[a], run.texts[b]) || a - b);
  const laneOf = new Map(named.map((integration, index) => [integration, index]));
  const others = named.length;
  const first = others + (busy.length > shown.length ? 1 : 0);

  // Lanes by number: the integrations, the others, and then one for each result that is not `notified`.
  const sizes = new Uint32Array(first + marks.length);
  const laneAt = new Uint32Array(run.count);
  for (let id = 0; id < run.count; id += 1) {
    const result = columns.result[id];
    laneAt[id] = result === 0 ? (laneOf.get(columns.integration[id]) ?? others) : first + result;
    if (passes[id] === 1) sizes[laneAt[id]] += 1;
  }
  const gathered = Array.from(sizes, (size) => ({
    ids: new Uint32Array(size),
    times: new Float64Array(size),
    sums: new Float64Array(size + 1),
    starts: new Float64Array(size),
    startSums: new Float64Array(size + 1),
  }));
  const filled = new Uint32Array(sizes.length);
  for (const id of settled) {
    if (passes[id] === 0) continue;
    const lane = gathered[laneAt[id]];
    const place = filled[laneAt[id]]++;
    lane.ids[place] = id;
    lane.times[place] = columns.settledAt[id];
    lane.sums[place + 1] = lane.sums[place] + (columns.counted[id] || 1);
  }
  filled.fill(0);
  const sum = sizes.reduce((total, size) => total + size, 0);
  const arrived = new Uint32Array(sum);
  const came = new Float64Array(sum);
  const cameSums = new Float64Array(sum + 1);
  let next = 0;
  for (let id = 0; id < run.count; id += 1) {
    if (passes[id] === 0) continue;
    const weight = columns.counted[id] || 1;
    const lane = gathered[laneAt[id]];
    const place = filled[laneAt[id]]++;
    lane.starts[place] = columns.at[id];
    lane.startSums[place + 1] = lane.startSums[place] + weight;
    arrived[next] = id;
    came[next] = columns.at[id];
    cameSums[next + 1] = cameSums[next] + weight;
    next += 1;
  }
  const changed = Float64Array.from(run.sets, ({ at }) => at);
  const changedSums = Float64Array.from({ length: changed.length + 1 }, (_, index) => index);
  const plain = { result: 0, integration: 0, registered: [] };
  /** @type {Lane[]} */
  const lanes = [
    {
      ...plain,
      kind: 'arrivals',
      label: 'arrivals',
      ids: arrived,
      times: came,
      sums: cameSums,
      starts: came,
      startSums: cameSums,
    },
    {
      ...plain,
      kind: 'set',
      label: 'live set',
      ids: Uint32Array.from(changed.keys()),
      times: changed,
      sums: changedSums,
      starts: changed,
      startSums: changedSums,
    },
  ];
  marks.forEach(({ result: label }, result) => {
    if (result === 0 || sizes[first + result] === 0) return;
    const kind = result === unsettled ? 'unsettled' : 'rejected';
    lanes.push({ ...plain, kind, label, result, ...gathered[first + result] });
  });
  named.forEach((integration, index) => {
    const registered = spans.get(integration) ?? [];
    const label = run.texts[integration];
    lanes.push({ ...plain, kind: 'integration', label, integration, registered, ...gathered[index] });
  });
  if (first > others) {
    const label = `${busy.length - shown.length} others`;
    lanes.push({ ...plain, kind: 'others', label, ...gathered[others] });
  }
  return lanes;
};

/**
 * The integrations that have a lane: those that were registered or notified, the busiest first.
 *
 * @param {DecodedRun} run
 * @param {Uint8Array} passes
 * @param {Map<number, unknown>} registered
 * @param {number} least the messages that each of them has
 */
const busiest = ({ columns, count }, passes, registered, least) => {
  const counts = new Map(Array.from(registered.keys(), (integration) => [integration, 0]));
  for (let id = 0; id < count; id += 1) {
    if (columns.result[id] !== 0 || passes[id] === 0) continue;
    const integration = columns.integration[id];
    counts.set(integration, (counts.get(integration) ?? 0) + (columns.counted[id] || 1));
  }
  return Array.from(counts, ([integration, messages]) => ({ integration, messages }))
    .filter(({ messages }) => messages >= least)
    .sort((a, b) => b.messages - a.messages || a.integration - b.integration);
};
