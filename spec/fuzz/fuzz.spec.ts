import { expect } from 'chai';
import { inputOf, runCases } from '../../fuzz/run.js';
import { targets } from '../../fuzz/targets.js';
import { fuzzInThread } from '../../fuzz/thread.js';
import { targets as planted } from './support/planted.js';

const seeds = function* (count: number): Generator<number> {
  for (let n = 1; n <= count; n += 1) yield n;
};
const plantedOf = (name: string) => {
  const target = planted.find((each) => each.name === name);
  if (target === undefined) throw new Error(`no target ${name}`);
  return target;
};

describe('broken inputs', () => {
  for (const target of targets)
    it(`break no promise of: ${target.name}`, async () => {
      const finding = await runCases(target, seeds(target.costly ? 200 : 2_000));
      expect(finding?.problem, `seed ${finding?.seed}, input ${finding?.input.toString('base64')}`).to.equal(
        undefined,
      );
    });

  it('are the same for the same seed, and differ from seed to seed', () => {
    for (const target of targets) {
      expect(inputOf(target, 5).equals(inputOf(target, 5)), target.name).to.equal(true);
      const inputs = [1, 2, 3, 4, 5, 6, 7, 8].map((seed) => inputOf(target, seed).toString('base64'));
      expect(new Set(inputs).size, target.name).to.be.above(4);
    }
  });
});

describe('the fuzzer', () => {
  const module = new URL('./support/planted.js', import.meta.url).href;

  for (const { target, problem, hangMs } of [
    { target: 'throws', problem: 'TypeError', hangMs: 30_000 },
    { target: 'throws later', problem: 'SyntaxError', hangMs: 30_000 },
    { target: 'rejects', problem: 'too short', hangMs: 30_000 },
    { target: 'hangs', problem: 'hangs', hangMs: 2_000 },
    { target: 'never ends', problem: 'hangs', hangMs: 2_000 },
    { target: 'fills the heap', problem: 'the thread ended', hangMs: 30_000 },
    { target: 'pollutes', problem: 'Object.prototype', hangMs: 30_000 },
  ])
    it(`finds code that ${target}, with a case that the seed reproduces`, async () => {
      const options = { module, ms: 30_000, hangMs };
      const { finding } = await fuzzInThread(plantedOf(target), { ...options, seed: 1, cases: 2_000 });
      if (finding === undefined) throw new Error('nothing was found');
      expect(finding.problem).to.include(problem);
      const again = await fuzzInThread(plantedOf(target), { ...options, seed: finding.seed, cases: 1 });
      expect(again.ran).to.equal(1);
      expect(again.finding?.input.toString()).to.equal(finding.input.toString());
    });

  it('shrinks an input that it found', async () => {
    const finding = await runCases(plantedOf('rejects'), seeds(2_000));
    expect(finding?.input).to.have.length(0);
  });
});
