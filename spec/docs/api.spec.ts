import { readdirSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { apiPages } from '../../docs/api-pages.js';

const folder = new URL('../../docs/api/', import.meta.url);

describe('docs/api', () => {
  it('is up to date; npm run docs writes it', async () => {
    const written = readdirSync(folder).map((name) => [name, readFileSync(new URL(name, folder), 'utf8')]);
    expect(Object.fromEntries(written)).to.deep.equal(Object.fromEntries(await apiPages()));
  }).timeout(20_000);

  it('has a docstring for each function and each class of values', async () => {
    const bare: string[] = [];
    for (const text of (await apiPages()).values()) {
      for (const [, name = '', what = ''] of text.matchAll(/^## (\w+)\n\n```ts\n(\w+)/gm))
        if (what !== 'type') bare.push(name);
    }
    expect(bare).to.deep.equal([]);
  }).timeout(20_000);
});
