/**
 * `npm run simulate:fleet`: how a fleet comes back after an outage, for several bounds of the backoff. Prints the table
 * of docs/operating.md and writes its plot. Ends early, without a plot, once the reader of the table is gone.
 */

import { writeFile } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type Line, plot } from './plot.js';
import { backoffs, courseOf, outages, tableHead, tableRow } from './table.js';

const { values } = parseArgs({
  options: {
    units: { type: 'string', default: '100000' },
    accepts: { type: 'string', default: '500' },
    seed: { type: 'string', default: '1' },
    svg: { type: 'string', default: fileURLToPath(new URL('../../docs/fleet.svg', import.meta.url)) },
  },
});
const units = Number(values.units);
const fleet = { units, acceptsPerS: Number(values.accepts), seed: Number(values.seed) };
const colours = ['#0072b2', '#e69f00', '#009e73', '#cc79a7'];

// A reader such as head has seen enough.
process.stdout.on('error', () => process.exit());
const print = (line: string): void => void process.stdout.write(`${line}\n`);

const lines: Line[] = [];
print(tableHead);
print('|---|---|---|---|---|---|');
for (const outage of outages)
  for (const [at, backoff] of backoffs.entries()) {
    // A failed write is reported between two turns of the event loop.
    await setImmediate();
    const course = courseOf(fleet, outage, backoff);
    print(tableRow(outage, backoff, units, course));
    const [[what], [baseS, capS]] = [outage, backoff];
    const label = `waits from ${baseS} s to ${capS} s`;
    if (what === 'broker, 1 h')
      lines.push({
        label,
        colour: colours[at] ?? '#000000',
        values: course.seconds.map(({ connected }) => connected),
      });
  }
await writeFile(values.svg, plot('Units that are back after the broker was away for an hour', lines, units));
