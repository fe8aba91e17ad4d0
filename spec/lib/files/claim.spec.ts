import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { claim, claimLine } from '../../../lib/files/claim.js';
import { leftOf, rightOf } from '../../sim/support/either.js';

describe('claim', () => {
  let directory = '';
  const others: ChildProcess[] = [];

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'cvmqtt-spec-'));
  });

  afterEach(() => {
    for (const other of others.splice(0)) other.kill('SIGKILL');
    return rm(directory, { recursive: true });
  });

  it('is had by one, until it gives it back', async () => {
    const release = rightOf(claim(directory, 'work'));
    const refusal = leftOf(claim(directory, 'work'));
    expect(refusal).to.deep.equal({ reason: 'taken', pid: process.pid });
    expect(claimLine(refusal)).to.equal(`process ${process.pid} is at it`);
    release();
    expect(await readdir(directory)).to.deep.equal([]);
    rightOf(claim(directory, 'work'))();
  });

  it('makes its directory, and says why it can not', async () => {
    rightOf(claim(join(directory, 'state'), 'work'))();
    await writeFile(join(directory, 'file'), '');
    const refusal = leftOf(claim(join(directory, 'file'), 'work'));
    expect(refusal).to.deep.equal({ reason: 'not-written', detail: `${join(directory, 'file')}: EEXIST` });
    expect(claimLine(refusal)).to.equal(`${join(directory, 'file')}: EEXIST`);
  });

  it('has nothing to do with other files, nor with claims of something else', async () => {
    await writeFile(join(directory, 'work.lock'), '');
    await writeFile(join(directory, `other.${process.pid}.x.lock`), '');
    rightOf(claim(directory, 'work'))();
    expect(await readdir(directory)).to.have.length(2);
  });

  /** Another process that claims it, and runs on until it is killed. */
  const start = () => {
    const source = `import { claim } from '${new URL('../../../lib/files/claim.ts', import.meta.url)}';
      process.stdout.write(claim(process.argv[1], 'work')._tag);
      setInterval(() => undefined, 1_000);`;
    const args = ['--import', 'tsx', '--input-type=module', '-e', source, directory];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    others.push(child);
    const tag = once(child.stdout, 'data').then(([told]) => `${told}`);
    return { child, tag };
  };

  it('is not had while another process has it; one that was killed has it no more', async () => {
    const { child, tag } = start();
    expect(await tag).to.equal('Right');
    expect(leftOf(claim(directory, 'work'))).to.deep.equal({ reason: 'taken', pid: child.pid });
    expect(await readdir(directory)).to.have.length(1);
    child.kill('SIGKILL');
    await once(child, 'exit');
    const release = rightOf(claim(directory, 'work'));
    expect(await readdir(directory)).to.have.length(1);
    release();
  });

  it('of a process that is gone counts for nothing, though another one has its pid now', async () => {
    await writeFile(join(directory, `work.${process.ppid}.00000000-1.lock`), '');
    const { pid } = spawnSync(process.execPath, ['-e', '']);
    await writeFile(join(directory, `work.${pid}.00000000-1.lock`), '');
    rightOf(claim(directory, 'work'))();
    expect(await readdir(directory)).to.deep.equal([]);
  });

  it('is had by one at most of many that come at once', async () => {
    const many = await Promise.all(Array.from({ length: 4 }, () => start().tag));
    expect(many.filter((tag) => tag === 'Right').length).to.be.at.most(1);
  });
});
