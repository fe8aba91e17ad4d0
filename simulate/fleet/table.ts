import { Chance } from '../engine/chance.js';
import { type Course, runFleet, type Scenario } from './fleet.js';

/** An outage: its name in the table, what is away, and for how long, ms. */
export type Outage = readonly [name: string, away: Scenario['away'], ms: number];

/** First wait and longest wait, s. */
export type Backoff = readonly [baseS: number, capS: number];

/** The outages of the table. */
export const outages: readonly Outage[] = [
  ['broker, 1 s', 'broker', 1_000],
  ['broker, 1 min', 'broker', 60_000],
  ['broker, 1 h', 'broker', 3_600_000],
  ['broker, 1 day', 'broker', 86_400_000],
  ['token service, 1 h', 'tokens', 3_600_000],
];

/** The backoffs of the table; the first is the daemon's. */
export const backoffs: readonly Backoff[] = [
  [1, 60],
  [5, 60],
  [1, 30],
  [1, 300],
];

/** Size of the fleet, connections that the broker accepts in a second, and the seed. */
export interface Fleet {
  readonly units: number;
  readonly acceptsPerS: number;
  readonly seed: number;
}

/** Runs the fleet through an outage. */
export const courseOf = (
  { units, acceptsPerS, seed }: Fleet,
  [, away, outageMs]: Outage,
  [baseS, capS]: Backoff,
): Course => {
  const chance = new Chance(seed);
  return runFleet({
    units,
    acceptsPerS,
    away,
    outageMs,
    reconnect: { baseMs: baseS * 1_000, capMs: capS * 1_000 },
    retry: { baseMs: 1_000, capMs: 60_000 },
    stableMs: 60_000,
    random: () => chance.next(),
  });
};

/** The head of the table, in Markdown. */
export const tableHead =
  '| outage | first and longest wait | peak during it | peak after it | refused per unit | 99 % are back after |';

/** The cells of a row that name what was run. */
export const rowName = ([what]: Outage, [baseS, capS]: Backoff): string =>
  `| ${what} | ${baseS} s, ${capS} s |`;

/** A row of the table, in Markdown. */
export const tableRow = (outage: Outage, backoff: Backoff, units: number, course: Course): string => {
  const { peakDuring, peakAfter, refused, backMs } = course;
  const perUnit = (refused / units).toFixed(1);
  return `${rowName(outage, backoff)} ${cell(peakDuring)}/s | ${cell(peakAfter)}/s | ${perUnit} | ${cell(backMs / 1_000)} s |`;
};

const cell = (n: number): string => Math.round(n).toLocaleString('en');
