/**
 * A decoded run: one column per field; times in ms since the start; texts by number, 0 for none. The bits of `flags` are
 * described in lib/report/encode.ts. An entry is a message, or a cell: messages of which only the number is known.
 *
 * @typedef {object} Columns
 * @property {Float64Array} at arrival
 * @property {Float64Array} counted of a cell the number of its messages, of a message 0
 * @property {Float64Array} flags
 * @property {Float64Array} bytes
 * @property {Float64Array} topic
 * @property {Float64Array} name
 * @property {Float64Array} integration
 * @property {Float64Array} preview
 * @property {Float64Array} body
 * @property {Float64Array} lifetime negative for none
 * @property {Float64Array} result the result, an index of `marks`
 * @property {Float64Array} settledAt time of settlement, or the end of the run
 * @property {Float64Array} resultDetail
 * @property {Float64Array} callFrom the first call of each message, and how many there are in all
 * @property {Float64Array} callTarget 0 notifier, 1 external
 * @property {Float64Array} callTo
 * @property {Float64Array} callAt
 * @property {Float64Array} callTook
 * @property {Float64Array} callOutcome 0 accepted, 1 refused, 2 failed, 3 away
 * @property {Float64Array} callDetail
 *
 * @typedef {{ at: number, came: readonly number[], went: readonly number[], size: number }} SetChange
 * @typedef {{ count: number, p50: number, p90: number, p99: number, max: number }} Latency
 *
 * @typedef {object} DecodedRun
 * @property {string} title
 * @property {number | null} startedAt
 * @property {number} duration ms, until the last thing that happened
 * @property {string} speed
 * @property {string} target
 * @property {number} skippedLines
 * @property {import('../run.js').Run['calls']} known what is known of the calls to cvmain
 * @property {number} cutAt
 * @property {number} count the number of entries
 * @property {number} messages the number of messages
 * @property {number} onlyCounted how many of them are in cells
 * @property {number} step the step of the cells' times, ms
 * @property {readonly string[]} texts
 * @property {readonly import('../marks.js').Mark[]} marks
 * @property {readonly SetChange[]} sets
 * @property {number} unsettled the index of `not settled` in `marks`
 * @property {Uint32Array} settled the messages in the order of their settlement
 * @property {Latency | null} latency
 * @property {readonly { integration: number, latency: Latency }[]} latencies
 * @property {Columns} columns
 */

/**
 * The numbers of a column, see lib/report/columns.ts.
 *
 * @param {string} base64
 * @param {number} count
 */
export const numbersOf = (base64, count) => {
  const bytes = atob(base64);
  const numbers = new Float64Array(count);
  let next = 0;
  for (let index = 0; index < count; index += 1) {
    let byte = bytes.charCodeAt(next++);
    let value = byte % 128;
    for (let weight = 128; byte >= 128; weight *= 128) {
      byte = bytes.charCodeAt(next++);
      value += (byte % 128) * weight;
    }
    numbers[index] = value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }
  return numbers;
};

/** @param {readonly number[]} row */
const latencyOfRow = ([count = 0, p50 = 0, p90 = 0, p99 = 0, max = 0]) => ({
  count,
  p50: p50 / 1000,
  p90: p90 / 1000,
  p99: p99 / 1000,
  max: max / 1000,
});

/**
 * @param {import('../encode.js').EncodedRun} encoded
 * @returns {DecodedRun}
 */
export const decodeRun = (encoded) => {
  const { count, calls } = encoded;
  /** @param {string} name */
  const column = (name, length = count) => numbersOf(encoded.columns[name] ?? '', length);
  /** @param {Float64Array} microseconds */
  const ms = (microseconds) => microseconds.map((value) => value / 1000);

  const at = column('at');
  for (let index = 1; index < count; index += 1) at[index] += at[index - 1];
  const callFrom = new Float64Array(count + 1);
  column('callCount').forEach((of, index) => {
    callFrom[index + 1] = callFrom[index] + of;
  });
  const callAt = column('callAt', calls);
  const settledAt = column('settledAt');
  for (let index = 0; index < count; index += 1) {
    settledAt[index] += at[index];
    for (let call = callFrom[index]; call < callFrom[index + 1]; call += 1) callAt[call] += at[index];
  }

  const { cells } = encoded;
  const counted = new Float64Array(count);
  let onlyCounted = 0;
  const cellCount = column('cellCount', cells);
  column('cellAt', cells).forEach((id, index) => {
    counted[id] = cellCount[index];
    onlyCounted += cellCount[index];
  });

  let size = 0;
  const sets = encoded.sets.map(([time, came, went]) => {
    size += came.length - went.length;
    return { at: time / 1000, came, went, size };
  });
  const columns = {
    at: ms(at),
    counted,
    flags: column('flags'),
    bytes: column('bytes'),
    topic: column('topic'),
    name: column('name'),
    integration: column('integration'),
    preview: column('preview'),
    body: column('body'),
    lifetime: ms(column('lifetime')),
    result: column('result'),
    settledAt: ms(settledAt),
    resultDetail: column('resultDetail'),
    callFrom,
    callTarget: column('callTarget', calls),
    callTo: column('callTo', calls),
    callAt: ms(callAt),
    callTook: ms(column('callTook', calls)),
    callOutcome: column('callOutcome', calls),
    callDetail: column('callDetail', calls),
  };
  let last = Math.max(encoded.durationMs, sets.at(-1)?.at ?? 0, 0.001);
  for (const time of columns.settledAt) last = Math.max(last, time);
  const unsettled = encoded.marks.length - 1;
  columns.result.forEach((result, index) => {
    if (result === unsettled) columns.settledAt[index] = last;
  });
  return {
    title: encoded.title,
    startedAt: encoded.startedAt,
    duration: last,
    speed: encoded.speed,
    target: encoded.target,
    skippedLines: encoded.skippedLines,
    known: encoded.known,
    cutAt: encoded.cutAt,
    count,
    messages: count - cells + onlyCounted,
    onlyCounted,
    step: encoded.stepMs,
    texts: encoded.texts,
    marks: encoded.marks,
    sets,
    unsettled,
    settled: Uint32Array.from(columns.settledAt.keys()).sort(
      (a, b) => columns.settledAt[a] - columns.settledAt[b] || a - b,
    ),
    latency: encoded.latency === null ? null : latencyOfRow(encoded.latency),
    latencies: encoded.latencies.map(([integration, row]) => ({ integration, latency: latencyOfRow(row) })),
    columns,
  };
};
