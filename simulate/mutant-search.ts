import { runBlock } from './block.js';
import { bundleWorker, removeBundle } from './bundle.js';
import type { Invariant } from './ledger.js';
import type { Mutant } from './mutants/mutant.js';
import { runPool } from './pool.js';

/** Runs per block. */
const blockRuns = 100;

/**
 * Number of runs until a mutant violates one of its invariants, on a seed that passes without the mutation;
 * undefined when `most` runs are not enough.
 */
export const runsUntilFound = async (
  { name, mutations, seenAs, only = [] }: Mutant,
  most: number,
  workers: number,
): Promise<{ readonly runs: number; readonly as: Invariant; readonly detail: string } | undefined> => {
  const bundle = await bundleWorker(`mutant-${name.replaceAll(/\W/g, '-')}`, mutations);
  const found: { runs: number; as: Invariant; detail: string }[] = [];
  let seed = 1;
  let checks = Promise.resolve();
  try {
    await runPool({
      bundle,
      workers,
      next: () => {
        if (found.length > 0 || seed > most) return undefined;
        const from = seed;
        seed += blockRuns;
        return { from, runs: Math.min(blockRuns, most - from + 1), only, ignored: [] };
      },
      done: ({ failed }) => {
        checks = checks.then(async () => {
          for (const { seed, invariant, detail } of failed) {
            if (!seenAs.includes(invariant)) continue;
            const sound = await runBlock({ from: seed, runs: 1, only, ignored: [] });
            if (sound.failed.some((each) => each.invariant === invariant)) continue;
            found.push({ runs: seed, as: invariant, detail });
            return;
          }
        });
        return checks;
      },
    });
  } finally {
    await removeBundle(bundle);
  }
  return found.sort((one, other) => one.runs - other.runs)[0];
};
