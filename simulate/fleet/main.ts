/**
 * `npm run simulate:fleet`: how a fleet comes back after an outage, for several bounds of the backoff. Prints the table
 * of docs/operating.md and writes its plot.
 */

import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Chance } from '../engine/chance.js';
import { type Course, runFleet, type Scenario } from './fleet.js';
import { type Line, plot } from './plot.js';

const { values } = parseArgs({
  options: {
    units: { type: 'string', default: '100000' },
    accepts: { type: 'string', default: '500' },
    seed: { type: 'string', default: '1' },
    svg: { type: 'string', default: fileURLToPath(new URL('../../docs/fleet.svg', import.meta.url)) },
  },
});
const units = Number(values.units);

const outages: readonly (readonly [string, Scenario['away'], number])[] = [
  ['broker, 1 s', 'broker', 1_000],
  ['broker, 1 min', 'broker', 60_000],
  ['broker, 1 h', 'broker', 3_600_000],
  ['broker, 1 day', 'broker', 86_400_000],
  ['token service, 1 h', 'tokens', 3_600_000],
];
/** First wait and longest wait, s; the first row is the daemon's. */
const backoffs: readonly (readonly [number, number, string])[] = [
  [1, 60, '#0072b2'],
  [5, 60, '#e69f00'],
  [1, 30, '#009e73'],
  [1, 300, '#cc79a7'],
];

const course = (away: Scenario['away'], outageMs: number, baseS: number, capS: number): Course => {
  const chance = new Chance(Number(values.seed));
  return runFleet({
    units,
    acceptsPerS: Number(values.accepts),
    away,
    outageMs,
    reconnect: { baseMs: baseS * 1_000, capMs: capS * 1_000 },
    retry: { baseMs: 1_000, capMs: 60_000 },
    stableMs: 60_000,
    random: () => chance.next(),
  });
};

const cell = (n: number): string => Math.round(n).toLocaleString('en');
const print = (line: string): void => void process.stdout.write(`${line}\n`);

const lines: Line[] = [];
print(
  '| outage | first and longest wait | peak during it | peak after it | refused per unit | 99 % are back after |',
);
print('|---|---|---|---|---|---|');
for (const [what, away, outageMs] of outages)
  for (const [baseS, capS, colour] of backoffs) {
    const { peakDuring, peakAfter, refused, backMs, seconds } = course(away, outageMs, baseS, capS);
    const perUnit = (refused / units).toFixed(1);
    print(
      `| ${what} | ${baseS} s, ${capS} s | ${cell(peakDuring)}/s | ${cell(peakAfter)}/s | ${perUnit} | ${cell(backMs / 1_000)} s |`,
    );
    const label = `waits from ${baseS} s to ${capS} s`;
    if (what === 'broker, 1 h')
      lines.push({ label, colour, values: seconds.map(({ connected }) => connected) });
  }
await writeFile(values.svg, plot('Units that are back after the broker was away for an hour', lines, units));
