import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { modulesIn, root } from '../support/imports.js';

const textOf = (file: string): string => readFileSync(join(root, file), 'utf8');

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
  });

  it('has each exit code', () => {
    const codes = [...textOf('bin/command.ts').matchAll(/exitCode = \{([^}]+)\}/g)].flatMap(
      ([, each = '']) => each.match(/\d+/g) ?? [],
    );
    expect(codes).to.have.length(5);
    const missing = codes.filter((code) => !textOf('docs/operating.md').includes(`\n| ${code} |`));
    expect(missing).to.deep.equal([]);
  });
});
