import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { backoffs, courseOf, outages, rowName, tableHead, tableRow } from '../../simulate/fleet/table.js';
import { root } from '../support/imports.js';

const page = readFileSync(join(root, 'docs', 'operating.md'), 'utf8');
const [, table = ''] = page.split(`${tableHead}\n`);
/** Its rows, without the emphasis on the daemon's backoff. */
const rows = (/^(\|.*\n)+/.exec(table)?.[0] ?? '').split('\n').slice(1, -1);
const plain = rows.map((row) => row.replaceAll('**', ''));

describe('the table of the fleet in docs/operating.md', () => {
  it('has rows that npm run simulate:fleet prints, those of the daemon for every outage and in bold', () => {
    const names = outages.flatMap((outage) => backoffs.map((backoff) => rowName(outage, backoff)));
    expect(names).to.include.members(plain.map((row) => /^\|[^|]*\|[^|]*\|/.exec(row)?.[0]));
    const [own = [0, 0] as const] = backoffs;
    const bold = rows.filter((row) => row.includes('**'));
    expect(bold.map((row) => row.split('**')[1])).to.deep.equal(
      outages.map(() => `${own[0]} s, ${own[1]} s`),
    );
    const session = readFileSync(join(root, 'streams', 'programs', 'unit-session.ts'), 'utf8');
    expect(session).to.contain(`reconnect: { baseMs: ${own[0]}_000, capMs: ${own[1]}_000 }`);
  });

  // All of it takes four minutes; each row is a simulation of its own.
  it('has the figures of the shortest one that is printed', function () {
    this.timeout(120_000);
    const [outage, backoff] = [outages[1], backoffs[3]];
    if (outage === undefined || backoff === undefined) throw new Error('no such row');
    const course = courseOf({ units: 100_000, acceptsPerS: 500, seed: 1 }, outage, backoff);
    expect(plain).to.include(tableRow(outage, backoff, 100_000, course));
  });
});
