import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { defaultSettings } from '../../../lib/config/settings.js';
import { settingsTable } from '../../../lib/config/settings-table.js';

describe('settingsTable', () => {
  it('has each setting once', () => {
    const keys = [...settingsTable().matchAll(/^\| `(\w+)` /gm)].map(([, key]) => key);
    expect(keys).to.have.members(Object.keys(defaultSettings));
  });

  it('has the default and the range of the codec', () => {
    expect(settingsTable()).to.contain('| `keepalive_s` | `60` | s | a whole number from 2 to 65535 |');
  });

  it('matches docs/settings.md, which npm run docs writes', () => {
    const page = readFileSync(new URL('../../../docs/settings.md', import.meta.url), 'utf8');
    expect(page.endsWith(`${settingsTable()}\n`)).to.equal(true);
  });
});
