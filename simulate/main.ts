/**
 * `npm run simulate`: runs the daemon against model neighbours with faults, seed after seed, and checks the
 * invariants. See simulate/README.md.
 */

import { writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import type { Failed } from './block.js';
import { bundleWorker, removeBundle } from './bundle.js';
import { outsideMicrotasks } from './engine/microtasks.js';
import { type Failure, failureOf } from './failure.js';
import { foundPath, knownInvariants } from './found.js';
import { type Invariant, invariants } from './ledger.js';
import { type FaultKind, faultKinds } from './plan.js';
import { runPool } from './pool.js';
import { type Trait, traits } from './scheme.js';
import { Strikes } from './strikes.js';
import { progressLine, summary } from './summary.js';

const usage = `usage: npm run simulate -- [options]

  --runs N          how many runs; default 2000
  --seed S          the first seed; default 1. Without --runs it is the only one
  --minutes M       run for this long instead
  --only FAULTS     only these faults, such as kill,sigterm
  --ignore NAMES    don't check these invariants
  --new             don't check the invariants of bugs known to be open, see found/
  --all             continue after a failure; show one failure of each invariant at the end
  --keep NAME       write the first failure to found/, with --story 'what happened, in one line'
  --workers N       default: all cores`;

const { values } = parseArgs({
  options: {
    runs: { type: 'string' },
    seed: { type: 'string' },
    minutes: { type: 'string' },
    only: { type: 'string' },
    ignore: { type: 'string' },
    new: { type: 'boolean' },
    all: { type: 'boolean' },
    keep: { type: 'string' },
    story: { type: 'string' },
    workers: { type: 'string' },
    help: { type: 'boolean' },
  },
});

let isRead = true;
// A reader such as head has seen enough.
process.stdout.on('error', () => {
  isRead = false;
});
const print = (line: string): void => void process.stdout.write(`${line}\n`);

const listOf = <A extends string>(
  text: string | undefined,
  known: readonly A[],
  what: string,
): readonly A[] =>
  (text ?? '').split(',').flatMap((name) => {
    if (name === '') return [];
    const found = known.find((each) => each === name);
    if (found === undefined) throw new Error(`unknown ${what} ${name}; known: ${known.join(', ')}`);
    return [found];
  });

/** Number of seeds that a worker takes at a time. */
const blockRuns = 50;

const main = async (): Promise<number> => {
  const first = Number(values.seed ?? 1);
  const minutes = values.minutes === undefined ? undefined : Number(values.minutes);
  const runs =
    minutes === undefined
      ? Number(values.runs ?? (values.seed === undefined ? 2_000 : 1))
      : Number.MAX_SAFE_INTEGER;
  const only = listOf<FaultKind | Trait>(values.only, [...faultKinds, ...traits], 'fault');
  const ignored = [
    ...listOf<Invariant>(values.ignore, invariantNames, 'invariant'),
    ...(values.new === true ? knownInvariants() : []),
  ];
  const bundle = await bundleWorker('worker');
  const startedAt = performance.now();
  const strikes = new Strikes();
  const totals = { runs: 0, steps: 0, ms: 0, messages: 0 };
  const failed: Failed[] = [];
  const seconds = (): number => (performance.now() - startedAt) / 1_000;
  let seed = first;
  const isOver = (): boolean =>
    !isRead ||
    seed >= first + runs ||
    (minutes !== undefined && seconds() > minutes * 60) ||
    (failed.length > 0 && values.all !== true);
  let printedAt = 0;
  await runPool({
    bundle,
    workers: Number(values.workers ?? availableParallelism()),
    next: () => {
      if (isOver()) return undefined;
      const from = seed;
      seed = Math.min(from + blockRuns, first + runs);
      return { from, runs: seed - from, only, ignored };
    },
    done: (result) => {
      for (const key of ['runs', 'steps', 'ms', 'messages'] as const) totals[key] += result[key];
      strikes.add(result.strikes);
      failed.push(...result.failed);
      if (seconds() - printedAt < 5) return;
      printedAt = seconds();
      print(progressLine(totals, failed.length, seconds()));
    },
  });
  await removeBundle(bundle);
  print(progressLine(totals, failed.length, seconds()));
  for (const line of summary(strikes, failed)) print(line);
  const shown = new Set<Invariant>();
  for (const { seed: failing, invariant } of [...failed].sort((one, other) => one.seed - other.seed)) {
    if (shown.has(invariant)) continue;
    shown.add(invariant);
    const failure = await outsideMicrotasks(() => failureOf(failing, new Set(only), new Set(ignored)));
    if (failure === undefined) continue;
    print(failure.text);
    if (values.keep !== undefined) await keep(values.keep, failure);
    if (values.all !== true) break;
  }
  return failed.length === 0 ? 0 : 1;
};

const keep = (name: string, { invariant, plan }: Failure): Promise<void> => {
  const found = { story: values.story ?? '', invariant, isMended: false, plan };
  return writeFile(foundPath(name), `${JSON.stringify(found, undefined, 1)}\n`);
};

const invariantNames = Object.keys(invariants).filter((name): name is Invariant => name in invariants);

if (values.help === true) print(usage);
else process.exitCode = await main();
