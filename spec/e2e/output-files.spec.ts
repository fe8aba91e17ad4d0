import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { endingAfterTest, temporaryDirectory } from '../rig/at-end.js';
import { runToEnd } from '../rig/child.js';
import { cvmqtt } from '../rig/daemon.js';
import { mayRunNode, plainUser } from '../rig/nobody.js';

/** Each command with an output file, such that the run itself would print something, or fail otherwise. */
const commands: Readonly<Record<string, (output: string) => readonly string[]>> = {
  replay: (output) => ['replay', 'run.ndjson', '--report', `${output}.html`],
  test: (output) => ['test', 'rules.test', '--junit', `${output}.html`],
  capture: (output) => ['capture', 'none', '-o', `${output}.html`],
  report: (output) => ['report', 'none', '-o', `${output}.html`],
  diag: (output) => ['diag', '.', '-o', `${output}.html`],
};

(mayRunNode ? describe : describe.skip)('an output file', () => {
  const atEnd = endingAfterTest();

  const run = (cwd: string, args: readonly string[]) =>
    runToEnd(process.execPath, [cvmqtt, ...args], { cwd, ...plainUser });

  const directory = async (): Promise<string> => {
    const root = await temporaryDirectory(atEnd);
    await chmod(root, 0o755);
    await writeFile(
      join(root, 'run.ndjson'),
      '{"tst":"2026-01-01T00:00:00Z","topic":"s2u/u/x","qos":1,"retain":0,"payload":"{}"}\n',
    );
    await writeFile(join(root, 'rules.test'), 'test t\n  publish  a\n  a = int1-x\n');
    await writeFile(join(root, 'locked.html'), 'older', { mode: 0o444 });
    await mkdir(join(root, 'directory.html'));
    await mkdir(join(root, 'locked'), { mode: 0o755 });
    return root;
  };

  for (const [name, args] of Object.entries(commands)) {
    it(`of ${name} is checked before the run, and not touched`, async () => {
      const root = await directory();
      for (const [output, detail] of [
        ['none/x', 'the directory none does not exist'],
        ['locked/x', "the directory locked can't be written: permission denied"],
        ['rules.test/x', "can't be written (ENOTDIR)"],
        ...(name === 'diag'
          ? []
          : [
              ['directory', 'is a directory'],
              ['locked', "can't be written: permission denied"],
            ]),
      ] as const) {
        expect(run(root, args(output ?? ''))).to.deep.equal({
          code: 1,
          stdout: '',
          stderr: `cvmqtt ${name}: ${output}.html: ${detail}\n`,
        });
      }
      expect(await readFile(join(root, 'locked.html'), 'utf8')).to.equal('older');
      expect(await readdir(root)).to.have.lengthOf(5);
    });
  }

  it('of an earlier run is still there after one that fails', async () => {
    const root = await directory();
    await writeFile(join(root, 'older.html'), 'older');
    await chmod(join(root, 'older.html'), 0o666);
    for (const args of [
      ['replay', 'none.ndjson', '--report', 'older.html'],
      ['report', 'none', '-o', 'older.html'],
      ['capture', 'none', '-o', 'older.html'],
    ])
      expect(run(root, args).code).not.to.equal(0);
    expect(await readFile(join(root, 'older.html'), 'utf8')).to.equal('older');
  });

  it('of a capture that rotates needs a directory that can be written', async () => {
    const root = await directory();
    await writeFile(join(root, 'locked', 'c.html'), '');
    await chmod(join(root, 'locked', 'c.html'), 0o666);
    const { code, stderr } = run(root, ['capture', '.', '-o', 'locked/c.html', '--rotate-bytes', '4096']);
    expect({ code, stderr }).to.deep.equal({
      code: 1,
      stderr: "cvmqtt capture: locked/c.html: the directory locked can't be written: permission denied\n",
    });
  });
});
