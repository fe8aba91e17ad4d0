import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { runToEnd } from '../rig/child.js';
import { cleanup, temporaryDirectory } from '../support/cleanup.js';
import { root } from '../support/imports.js';

describe('a script whose reader has seen enough, such as head', () => {
  const atEnd = cleanup();

  const scripts: readonly (readonly [string, string])[] = [
    ['simulate:fleet', 'simulate/fleet/main.ts --units 200 --svg "$0"'],
    ['simulate', 'simulate/main.ts --minutes 60 --workers 1'],
    ['fuzz', 'fuzz/fuzz.ts --seconds 1 --cases 1'],
  ];
  for (const [name, command] of scripts)
    it(`ends quietly: ${name}`, async () => {
      const svg = join(await temporaryDirectory(atEnd), 'plot.svg');
      const script = `node --import tsx ${command} | true`;
      const { stderr } = await runToEnd('sh', ['-c', script, svg], { cwd: root });
      expect(stderr).to.equal('');
      expect(existsSync(svg)).to.equal(false);
    });
});
