/**
 * `npm run fuzz -- --seconds N [--seed S] [--only TARGET] [--cases N]`: mutated inputs for all code that
 * reads untrusted data. A case is determined by its seed: a finding is printed with the command that repeats
 * it, and stored in `fuzz/found`.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Finding } from './run.js';
import { targets } from './targets.js';
import { fuzzInThread } from './thread.js';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string', default: `${Date.now() % 2 ** 31}` },
    only: { type: 'string', multiple: true },
    cases: { type: 'string', default: 'Infinity' },
  },
});
const meant = targets.filter(({ name }) => values.only?.includes(name) ?? true);
const [seconds, seed, cases] = [Number(values.seconds), Number(values.seed), Number(values.cases)];
let isRead = true;
// A reader such as head has seen enough.
process.stdout.on('error', () => {
  isRead = false;
});
const out = (line: string): void => void process.stdout.write(`${line}\n`);
if (meant.length === 0 || !(seconds > 0) || !Number.isInteger(seed) || !(cases > 0)) {
  out('usage: npm run fuzz -- [--seconds N] [--seed S] [--cases N] [--only TARGET]…');
  out(`targets: ${targets.map(({ name }) => name).join(', ')}`);
  process.exit(2);
}

/** A case that takes longer than this hangs, ms. Generous, as other processes may use the cores. */
const hangMs = 60_000;

const found = new URL('./found/', import.meta.url);
const save = ({ target, seed: caseSeed, problem, input }: Finding): void => {
  mkdirSync(found, { recursive: true });
  const file = fileURLToPath(new URL(`${target.replaceAll(' ', '-')}-${caseSeed}`, found));
  writeFileSync(file, input);
  out(`FOUND in ${target}, ${input.length} bytes in ${file}:\n${problem}`);
  out(`  again: npm run fuzz -- --only '${target}' --seed ${caseSeed} --cases 1`);
};

out(`seed ${seed}, ${meant.length} targets, ${seconds} s`);
let findings = 0;
for (const target of meant) {
  if (!isRead) break;
  const module = new URL('./targets.js', import.meta.url).href;
  const ms = (1_000 * seconds) / meant.length;
  const { ran, finding } = await fuzzInThread(target, { module, seed, cases, ms, hangMs });
  out(`${target.name.padEnd(18)} ${ran} cases${finding === undefined ? '' : ', the last one fails'}`);
  if (finding === undefined) continue;
  findings += 1;
  save(finding);
}
process.exit(findings > 0 ? 1 : 0);
