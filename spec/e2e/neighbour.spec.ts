import { expect } from 'chai';
import { measured } from '../rig/measured.js';
import { healthyRate, neighbours } from '../rig/neighbour.js';
import { itWithMosquitto } from '../rig/programs.js';

/** Slow enough that the machine is not the limit, with a window so small that each stall shows. */
const load = { callMs: 100, count: 600, window: 48 } as const;

describe('one bad neighbour leaves ten others nine tenths of their throughput or more:', () => {
  for (const neighbour of neighbours)
    itWithMosquitto(neighbour.title, async () => {
      const ratios: number[] = [];
      // Another program may have taken the processor in one of the two runs; then both are repeated.
      while (ratios.length < 3 && !ratios.some((ratio) => ratio >= 0.9)) {
        const without = await healthyRate(load);
        ratios.push((await healthyRate({ ...load, neighbour, each: 0.3 })) / without);
      }
      measured(`${neighbour.title}: ${ratios.map((ratio) => ratio.toFixed(2)).join(', ')}`);
      expect(Math.max(...ratios)).to.be.at.least(0.9);
    });
});
