import { expect } from 'chai';
import { runsUntilFound } from '../../simulate/mutant-search.js';
import { mutants } from '../../simulate/mutants.js';

describe('the simulation can fail: it finds within 10,000 runs that', () => {
  it('at least fifteen mechanisms are broken, one at a time', () => {
    expect(mutants.length).to.be.at.least(15);
  });

  for (const mutant of mutants) {
    it(mutant.name, async function () {
      this.timeout(300_000);
      const found = await runsUntilFound(mutant, 10_000, 2);
      expect(mutant.seenAs).to.include(found?.as);
    });
  }
});
