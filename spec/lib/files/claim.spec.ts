import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import { claim, claimLine } from '../../../lib/files/claim.js';
import { leftOf, rightOf } from '../../sim/support/either.js';

describe('claim', () => {
  let directory = '';
  let other: ChildProcess | undefined;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'cvmqtt-spec-'));
  });

  afterEach(() => {
    other?.kill('SIGKILL');
    return rm(directory, { recursive: true });
  });

  it('is had by one, until it gives it back', async () => {
    const release = rightOf(await claim(directory, 'work'));
    const refusal = leftOf(await claim(directory, 'work'));
    expect(refusal).to.deep.equal({ reason: 'taken', pid: process.pid });
    expect(claimLine(refusal)).to.equal(`process ${process.pid} is at it`);
    await release();
    expect(await readdir(directory)).to.deep.equal([]);
    await rightOf(await claim(directory, 'work'))();
  });

  it('makes its directory, and says why it can not', async () => {
    await rightOf(await claim(join(directory, 'state'), 'work'))();
    await writeFile(join(directory, 'file'), '');
    const refusal = leftOf(await claim(join(directory, 'file'), 'work'));
    expect(refusal).to.deep.equal({ reason: 'not-written', detail: `${join(directory, 'file')}: EEXIST` });
    expect(claimLine(refusal)).to.equal(`${join(directory, 'file')}: EEXIST`);
  });

  it('has nothing to do with other files, nor with claims of something else', async () => {
    await writeFile(join(directory, 'work.lock'), '');
    await writeFile(join(directory, `other.${process.pid}.x.lock`), '');
    await rightOf(await claim(directory, 'work'))();
    expect(await readdir(directory)).to.have.length(2);
  });

  /** Another process that has the claim, until it is killed. */
  const holder = async () => {
    const source = `import { claim } from '${new URL('../../../lib/files/claim.ts', import.meta.url)}';
      const claimed = await claim(process.argv[1], 'work');
      process.stdout.write(claimed._tag);
      setInterval(() => undefined, 1_000);`;
    const args = ['--import', 'tsx', '--input-type=module', '-e', source, directory];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    other = child;
    const [told] = await once(child.stdout, 'data');
    expect(`${told}`).to.equal('Right');
    return child;
  };

  it('is not had while another process has it; one that was killed has it no more', async () => {
    const child = await holder();
    expect(leftOf(await claim(directory, 'work'))).to.deep.equal({ reason: 'taken', pid: child.pid });
    expect(await readdir(directory)).to.have.length(1);
    child.kill('SIGKILL');
    await once(child, 'exit');
    const release = rightOf(await claim(directory, 'work'));
    expect(await readdir(directory)).to.have.length(1);
    await release();
  });

  it('of a process that is gone counts for nothing, though another one has its pid now', async () => {
    await writeFile(join(directory, `work.${process.ppid}.00000000-1.lock`), '');
    const { pid } = spawnSync(process.execPath, ['-e', '']);
    await writeFile(join(directory, `work.${pid}.00000000-1.lock`), '');
    await rightOf(await claim(directory, 'work'))();
    expect(await readdir(directory)).to.deep.equal([]);
  });

  it('is had by one at most of many that come at once', async () => {
    const claims = await Promise.all(Array.from({ length: 5 }, () => claim(directory, 'work')));
    expect(claims.filter(E.isRight)).to.have.length(1);
  });
});
