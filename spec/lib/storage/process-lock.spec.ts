import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmod, copyFile, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { acquireLock, lockRefusalText } from '../../../lib/storage/process-lock.js';
import { leftOf, rightOf } from '../../support/either.js';

describe('acquireLock', () => {
  let directory = '';
  const others: ChildProcess[] = [];

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'cvmqtt-spec-'));
  });

  afterEach(() => {
    for (const other of others.splice(0)) other.kill('SIGKILL');
    return rm(directory, { recursive: true });
  });

  it('is held by one until it is released', async () => {
    const release = rightOf(acquireLock(directory, 'work'));
    const refusal = leftOf(acquireLock(directory, 'work'));
    expect(refusal).to.deep.equal({ reason: 'taken', pid: process.pid });
    expect(lockRefusalText(refusal)).to.equal(`process ${process.pid} holds the lock`);
    release();
    expect(await readdir(directory)).to.deep.equal([]);
    rightOf(acquireLock(directory, 'work'))();
  });

  it("creates its directory, or says why it can't", async () => {
    rightOf(acquireLock(join(directory, 'state'), 'work'))();
    await writeFile(join(directory, 'file'), '');
    const refusal = leftOf(acquireLock(join(directory, 'file'), 'work'));
    expect(refusal).to.deep.equal({ reason: 'not-written', detail: `${join(directory, 'file')}: EEXIST` });
    expect(lockRefusalText(refusal)).to.equal(`${join(directory, 'file')}: EEXIST`);
  });

  it('ignores other files and locks of other names', async () => {
    await writeFile(join(directory, 'work.lock'), '');
    await writeFile(join(directory, `other.${process.pid}.x.lock`), '');
    rightOf(acquireLock(directory, 'work'))();
    expect(await readdir(directory)).to.have.length(2);
  });

  /** Another process that acquires the lock, and runs until it is killed. */
  const start = (command: readonly string[] = [], uid?: number, program = process.execPath) => {
    const source = `import { acquireLock } from '${new URL('../../../lib/storage/process-lock.ts', import.meta.url)}';
      process.stdout.write(acquireLock(process.argv[1], 'work')._tag);
      setInterval(() => undefined, 1_000);`;
    const node = [program, '--import', 'tsx', '--input-type=module', '-e', source, directory];
    const [first = '', ...args] = [...command, ...node];
    const options = uid === undefined ? {} : { uid };
    const child = spawn(first, args, { stdio: ['ignore', 'pipe', 'inherit'], ...options });
    others.push(child);
    const tag = once(child.stdout, 'data').then(([output]) => `${output}`);
    return { child, tag };
  };

  it('is refused while another process holds it, and free once that one was killed', async () => {
    const { child, tag } = start();
    expect(await tag).to.equal('Right');
    expect(leftOf(acquireLock(directory, 'work'))).to.deep.equal({ reason: 'taken', pid: child.pid });
    expect(await readdir(directory)).to.have.length(1);
    child.kill('SIGKILL');
    await once(child, 'exit');
    const release = rightOf(acquireLock(directory, 'work'));
    expect(await readdir(directory)).to.have.length(1);
    release();
  });

  it('is acquired by exactly one of two processes at the same instant', async () => {
    const source = `import { acquireLock } from '${new URL('../../../lib/storage/process-lock.ts', import.meta.url)}';
      process.on('message', ([directory, at]) => {
        while (Date.now() < at);
        process.send(acquireLock(directory, 'work')._tag);
      });
      process.send('ready');`;
    const racers = [1, 2].map(() =>
      spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', source], {
        stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      }),
    );
    others.push(...racers);
    const answers = () =>
      Promise.all(racers.map((racer) => once(racer, 'message').then(([answer]) => `${answer}`)));
    await answers();
    for (const round of Array(80).keys()) {
      const at = Date.now() + 5;
      for (const racer of racers) racer.send([join(directory, `${round}`), at]);
      expect((await answers()).sort()).to.deep.equal(['Left', 'Right']);
    }
  });

  it('is free if its holder is gone, even if the pid was reused', async () => {
    await writeFile(join(directory, `work.${process.ppid}.00000000-1.lock`), '');
    const { pid } = spawnSync(process.execPath, ['-e', '']);
    await writeFile(join(directory, `work.${pid}.00000000-1.lock`), '');
    rightOf(acquireLock(directory, 'work'))();
    expect(await readdir(directory)).to.deep.equal([]);
  });

  it('ignores lock files with a name of another form', async () => {
    const [life] = (await ownLife()).slice(-1);
    const odd = [
      '',
      '0',
      '-1',
      '1e30',
      'NaN',
      '2147483648',
      '99999999999999999999999',
      '+1',
      '1.5',
      ' 1',
      'self',
    ]
      .flatMap((pid) => [`work.${pid}.${life}.lock`, `work.${pid}.running.lock`, `work.${pid}.lock`])
      .concat('work..lock', 'work.', 'work.lock', `work.${process.ppid}.running.lock`);
    for (const file of odd) await writeFile(join(directory, file), '');
    rightOf(acquireLock(directory, 'work'))();
  });

  it('is free if its file is from an earlier process with this pid, whatever kind of file it is', async () => {
    const [own = ''] = await ownLife();
    await writeFile(join(directory, own), '');
    rightOf(acquireLock(directory, 'work'))();
    await symlink('/dev/null', join(directory, own));
    rightOf(acquireLock(directory, 'work'))();
    await mkdir(join(directory, own, 'full'), { recursive: true });
    expect(leftOf(acquireLock(directory, 'work'))).to.deep.equal({
      reason: 'not-written',
      detail: `${join(directory, own)}: EEXIST`,
    });
  });

  /** The file name of this process's lock, and its parts. */
  const ownLife = async () => {
    const elsewhere = join(directory, 'elsewhere');
    const release = rightOf(acquireLock(elsewhere, 'work'));
    const [name = ''] = await readdir(elsewhere);
    release();
    await rm(elsewhere, { recursive: true });
    return [name, name.split('.')[2] ?? ''];
  };

  const asRoot = process.getuid?.() === 0 && process.platform === 'linux' ? it : it.skip;

  /** A copy of Node.js that every user may run: root's own is often in root's home. */
  const nodeForAll = async () => {
    const copy = join(directory, 'bin', 'node');
    await mkdir(join(directory, 'bin'));
    await copyFile(process.execPath, copy);
    await chmod(copy, 0o755);
    return copy;
  };

  for (const [title, command] of [
    ['the processes of others are hidden (hidepid)', 'mount -t proc -o hidepid=2 proc /proc'],
    ['only processes are in /proc (ProcSubset=pid)', 'mount -t proc -o subset=pid proc /proc'],
  ] as const) {
    asRoot(`is kept by one of the same user alone where ${title}`, async () => {
      const nobody = 65_534;
      await chmod(directory, 0o777);
      const node = await nodeForAll();
      const { child, tag } = start([], nobody, node);
      expect(await tag).to.equal('Right');
      const file = (await readdir(directory)).find((name) => name.endsWith('.lock')) ?? '';
      const [, , life = ''] = file.split('.');
      // The lock file of another user's process, whose pid was reused.
      await writeFile(join(directory, `work.${process.ppid}.${life}.lock`), '');
      const hidden = ['unshare', '--mount', 'sh', '-c', `${command} && exec "$@"`, 'sh'];
      const second = () =>
        start([...hidden, 'setpriv', '--reuid=65534', '--clear-groups'], undefined, node).tag;
      expect(await second()).to.equal('Left');
      child.kill('SIGKILL');
      await once(child, 'exit');
      expect(await second()).to.equal('Right');
    });
  }

  asRoot('of a process in another pid namespace counts for nothing, as it may be long gone', async () => {
    const { tag } = start(['unshare', '--pid', '--fork', '--kill-child', '--mount-proc']);
    expect(await tag).to.equal('Right');
    rightOf(acquireLock(directory, 'work'))();
  });

  it('is held by at most one of many processes at once', async () => {
    const many = await Promise.all(Array.from({ length: 4 }, () => start().tag));
    expect(many.filter((tag) => tag === 'Right').length).to.be.at.most(1);
  });
});
