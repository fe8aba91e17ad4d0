/** The possible steps of an axis, ms: 1, 2, 5 and round parts of minutes, hours and days. */
const steps = [
  ...[1e-3, 1e-2, 1e-1, 1, 10, 100].flatMap((unit) => [unit, 2 * unit, 5 * unit]),
  ...[1, 2, 5, 10, 15, 30].map((seconds) => seconds * 1_000),
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * 60_000),
  ...[1, 2, 3, 6, 12].map((hours) => hours * 3_600_000),
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000].map((days) => days * 86_400_000),
];

/** The step of an axis with at most `most` labels, ms. @param {number} from @param {number} to @param {number} most */
export const tickStep = (from, to, most) =>
  steps.find((each) => (to - from) / each < most) ?? 10 ** Math.ceil(Math.log10((to - from) / most));

/**
 * The times to label on an axis: at most `most` multiples of one step.
 *
 * @param {number} from
 * @param {number} to
 * @param {number} most
 * @returns {readonly number[]}
 */
export const ticks = (from, to, most) => {
  const step = tickStep(from, to, most);
  const first = Math.ceil(from / step);
  const count = Math.max(0, Math.floor(to / step) - first + 1);
  return Array.from({ length: count }, (_, index) => (first + index) * step);
};

/** A number with the digits that tell multiples of `step` apart. @param {number} value @param {number} step */
const rounded = (value, step) =>
  Number(value.toFixed(Math.min(6, Math.max(0, Math.ceil(-Math.log10(step) - 1e-9)))));

const longUnits = /** @type {const} */ ([
  ['d', 86_400],
  ['h', 3_600],
  ['min', 60],
]);

/**
 * A time or a duration as text, exact enough to distinguish multiples of `step`; without a step, to about a thousandth:
 * `0.85 ms`, `12.3 ms`, `1.25 s`, `2 min 5 s`, `3 d 4 h`.
 *
 * @param {number} ms
 * @param {number} [step] ms
 * @returns {string}
 */
export const duration = (ms, step = Math.abs(ms) / 999) => {
  if (ms < 0) return `−${duration(-ms, step)}`;
  if (ms === 0) return '0';
  if (rounded(ms, step) < 1_000) return `${rounded(ms, step)} ms`;
  const finest = Math.min(step, 1_000) / 1_000;
  let rest = rounded(ms / 1_000, finest);
  if (rest < 60) return `${rest} s`;
  const parts = [];
  for (const [unit, seconds] of longUnits) {
    if (rest >= seconds) parts.push(`${Math.floor(rest / seconds)} ${unit}`);
    rest %= seconds;
  }
  const seconds = rounded(rest, finest);
  return [...parts, ...(seconds === 0 ? [] : [`${seconds} s`])].join(' ');
};

/** A duration for a table, with three digits: `1.68 ms`, `53.2 s`, `1.8 min`. @param {number} ms @returns {string} */
export const roughly = (ms) => {
  if (ms === 0) return '0 ms';
  if (ms < 60_000) return duration(ms < 1 ? Number(ms.toFixed(2)) : Number(ms.toPrecision(3)));
  return ms < 3_600_000 ? `${rounded(ms / 60_000, 0.1)} min` : `${rounded(ms / 3_600_000, 0.1)} h`;
};

/**
 * A point in time: the time since the start, and the wall clock if it is known.
 *
 * @param {number | null} startedAt
 * @param {number} at
 */
export const moment = (startedAt, at) =>
  startedAt === null
    ? duration(at, 1)
    : `${duration(at, 1)} · ${new Date(startedAt + at).toISOString().slice(0, 23).replace('T', ' ')} UTC`;

/** A count with commas between thousands. @param {number} count */
export const counted = (count) => `${count}`.replace(/\B(?=(\d{3})+$)/g, ',');

/** A count with its noun: `1 message`, `2,000 messages`. @param {number} count @param {string} one */
export const plural = (count, one) => `${counted(count)} ${one}${count === 1 ? '' : 's'}`;
