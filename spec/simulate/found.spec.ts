import { expect } from 'chai';
import { outsideMicrotasks } from '../../simulate/engine/microtasks.js';
import { allFound } from '../../simulate/found.js';
import { Run } from '../../simulate/run.js';

describe('what the simulation has found', () => {
  for (const { name, story, invariant, isMended, plan } of allFound()) {
    it(`${name}: ${story}${isMended ? '' : ' (not mended)'}`, async () => {
      const { violation } = await outsideMicrotasks(() => new Run(plan).run());
      // If it no longer fails, it is mended: say so in its file.
      expect(violation?.invariant).to.equal(isMended ? undefined : invariant);
    });
  }
});
