import { expect } from 'chai';
import { RunCollector } from '../../../lib/report/collect.js';
import type { IntegrationSet } from '../../../lib/rules/routing/integrations.js';

const setOf = (...names: readonly string[]): IntegrationSet => new Map(names.map((name) => [name, { name }]));

const about = { title: 'a run', speed: 'max', target: 'dry-run', calls: 'assumed' } as const;

describe('collect', () => {
  it('keeps the last of several sets at the same moment: a run that begins midway starts with a set', () => {
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
