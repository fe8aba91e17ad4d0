import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { commands } from '../../bin/commands.js';
import { exitCodesTable } from '../../docs/tables/exit-codes.js';
import { tablesOf, withTables } from '../../docs/tables/pages.js';
import { settingsTable } from '../../docs/tables/settings.js';
import { defaultSettings } from '../../lib/config/settings.js';
import { everyCommand } from '../../packaging/every-command.js';
import { root } from '../support/imports.js';

describe('generated tables', () => {
  for (const [name, tables] of Object.entries(tablesOf))
    it(`are up to date in docs/${name}; npm run docs writes them`, () => {
      const page = readFileSync(join(root, 'docs', name), 'utf8');
      expect(page).to.equal(withTables(page, tables));
    });

  it('replace the table with the same head, and nothing else', () => {
    const page = 'a\n\n| x | y |\n|---|---|\n| old | 1 |\n\n| z |\n|---|\n| kept |\n';
    expect(withTables(page, ['| x | y |\n|---|---|\n| new | 2 |\n| more | 3 |', '| z |\n|---|'])).to.equal(
      'a\n\n| x | y |\n|---|---|\n| new | 2 |\n| more | 3 |\n\n| z |\n|---|\n',
    );
    expect(() => withTables(page, ['| w |\n|---|'])).to.throw('no table begins with | w |');
  });
});

describe('the table of settings', () => {
  it('has each setting once', () => {
    const keys = [...settingsTable().matchAll(/^\| `(\w+)` /gm)].map(([, key]) => key);
    expect(keys).to.have.members(Object.keys(defaultSettings));
  });

  it('has the default and the range of the codec', () => {
    expect(settingsTable()).to.contain('| `keepalive_s` | `60` | s | a whole number from 2 to 65535 |');
  });
});

describe('the exit codes', () => {
  it('are listed for each command', () => {
    expect(everyCommand.map(({ usage }) => usage.name)).to.deep.equal(Object.keys(commands));
    expect(exitCodesTable()).to.contain(
      '| `explain` | it would be notified | it would not | wrong usage |  |  |',
    );
  });

  it('belong to the commands in the README, and to demo, which npm start runs', () => {
    const readme = readFileSync(join(root, 'README.md'), 'utf8');
    const names = Object.keys(commands);
    const shown = names.filter((name) => readme.includes(`\`cvmqtt ${name}`));
    expect(shown).to.have.members(names.filter((name) => name !== 'demo'));
  });
});
