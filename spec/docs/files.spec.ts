import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { stateFilesTable } from '../../docs/tables/state-files.js';
import { modulesIn, root } from '../support/imports.js';

const textOf = (file: string): string => readFileSync(join(root, file), 'utf8');

describe('docs/architecture.md', () => {
  it('has each folder of lib in the table of its rooms, and no other', () => {
    const [, table = ''] = /\| room \|.*?\n\|-[^\n]*\n(.*?)\n\n/s.exec(textOf('docs/architecture.md')) ?? [];
    const rooms = [...table.matchAll(/^\| `([\w-]+)` \|/gm)].map(([, room]) => room);
    const folders = readdirSync(join(root, 'lib'), { withFileTypes: true }).filter((each) =>
      each.isDirectory(),
    );
    expect(rooms).to.have.members(folders.map(({ name }) => name));
  });
});

describe('docs/operating.md', () => {
  it('has each file that the code names in the state directory', () => {
    const page = textOf('docs/operating.md');
    const named = ['lib', 'streams', 'bin'].flatMap((folder) =>
      modulesIn(folder).flatMap((module) =>
        [...textOf(module).matchAll(/stateDirectory, '([\w.-]+)'|Files? = '([\w.-]+\.\w+)'/g)].map(
          ([, file, other]) => file ?? other ?? '',
        ),
      ),
    );
    expect(named).to.include.members(['dead-letters.ndjson', 'spool.ndjson', 'sessions.json']);
    expect(named.filter((file) => !page.includes(`<state-dir>/${file}`))).to.deep.equal([]);
    const table = stateFilesTable();
    const files = named.filter((name) => name.includes('.'));
    expect(files.filter((file) => !table.includes(`| \`${file}\` |`))).to.deep.equal([]);
  });
});
