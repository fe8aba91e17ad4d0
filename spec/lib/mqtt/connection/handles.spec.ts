import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect } from 'chai';

const script = fileURLToPath(new URL('../../../support/connection-endings.ts', import.meta.url));

describe('openConnection, when it has ended', () => {
  it('leaves no socket and no timer, whatever the cause, and reports the end once', async () => {
    const run = promisify(execFile)(process.execPath, ['--import=tsx', script], { timeout: 60_000 });
    const { stdout, stderr } = await run;
    expect(stderr).to.equal('');
    expect(JSON.parse(stdout)).to.deep.equal({
      left: [],
      closings: {
        'cut by the broker': 1,
        'ended by the broker': 1,
        'malformed packet': 1,
        'end()': 1,
        'end() twice': 1,
        'end() while subscribing': 1,
        'end() while the broker ends': 1,
        'end() at once': 1,
        refused: 1,
        'address that can’t be tried': 1,
        'nobody listens': 1,
      },
    });
  });
});
