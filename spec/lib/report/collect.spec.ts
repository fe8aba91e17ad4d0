import { expect } from 'chai';
import { RunCollector } from '../../../lib/report/collect.js';
import type { IntegrationSet } from '../../../lib/rules/routing/integrations.js';

const setOf = (...names: readonly string[]): IntegrationSet => new Map(names.map((name) => [name, { name }]));

const about = { title: 'a run', speed: 'max', target: 'dry-run' } as const;

describe('collect', () => {
  it('of the sets of one moment keeps the last: a run that begins in the middle has one to begin with', () => {
    let now = 0;
    const collector = new RunCollector(() => now);
    collector.setChanged(setOf('int1'));
    collector.setChanged(setOf('int1', 'int2'));
    now = 5;
    collector.setChanged(setOf());
    expect(collector.run(about).sets).to.deep.equal([
      { at: 0, names: ['int1', 'int2'] },
      { at: 5, names: [] },
    ]);
  });
});
