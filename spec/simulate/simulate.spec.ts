import { expect } from 'chai';
import type { Failed } from '../../simulate/block.js';
import { bundleWorker, removeBundle } from '../../simulate/bundle.js';
import { knownInvariants } from '../../simulate/found.js';
import { faultKinds } from '../../simulate/plan.js';
import { runPool } from '../../simulate/pool.js';
import { Strikes } from '../../simulate/strikes.js';

describe('the simulation', () => {
  it('finds nothing new in 2,000 runs, and each kind of fault strikes where it matters', async () => {
    const bundle = await bundleWorker('spec');
    const failed: Failed[] = [];
    const strikes = new Strikes();
    const ignored = knownInvariants();
    let seed = 1;
    await runPool({
      bundle,
      workers: 2,
      next: () => {
        if (seed > 2_000) return undefined;
        const from = seed;
        seed += 50;
        return { from, runs: 50, only: [], ignored };
      },
      done: (result) => {
        failed.push(...result.failed);
        strikes.add(result.strikes);
      },
    });
    await removeBundle(bundle);
    expect(failed).to.deep.equal([]);
    expect(faultKinds.filter((kind) => (strikes.counts[kind]?.mattered ?? 0) === 0)).to.deep.equal([]);
  });
});
