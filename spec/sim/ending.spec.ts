import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { cleanup, temporaryDirectory } from '../support/cleanup.js';

const script = fileURLToPath(new URL('./support/everything.ts', import.meta.url));

describe('closing', () => {
  const atEnd = cleanup();

  it('leaves nothing that keeps a process running, and prints nothing', async () => {
    const home = await temporaryDirectory(atEnd);
    const run = promisify(execFile)(process.execPath, ['--import=tsx', script, home], { timeout: 60_000 });
    expect(await run).to.deep.equal({ stdout: 'closed\n', stderr: '' });
  });
});
