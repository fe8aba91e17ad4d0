import { execFile } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { link, mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import { writeFileAtomic } from '../../../lib/storage/atomic-write.js';
import { readText } from '../../../lib/storage/read-text.js';
import { watchFile } from '../../../lib/storage/watch.js';
import { inbox } from '../../sim/support/inbox.js';
import { cleanup, temporaryDirectory } from '../../support/cleanup.js';

const run = promisify(execFile);

const itAsRoot = process.getuid?.() === 0 && process.platform === 'linux' ? it : it.skip;

describe('watchFile', () => {
  const atEnd = cleanup();

  /** Long enough to notice a change, too short to notice it only by polling every 2 s. */
  const noPolling = 9_000;

  /** Changes the file, and waits each time until the change was noticed. */
  const changes = async (path: string, shows: (content: string) => Promise<void>): Promise<void> => {
    for (const content of ['one', 'two', 'three', 'four', 'five']) {
      await writeFileAtomic(path, content);
      await shows(content);
    }
  };

  /** Watches, and reads the content after each call; `absent` if there is no file. */
  const watching = (path: string) => {
    const calls = inbox<string>();
    let seen = 0;
    const end = watchFile(path, () => {
      const text = readText(path);
      calls.put(E.isRight(text) ? text.right : text.left.reason);
    });
    atEnd(end);
    /** Resolves when a call has found this content. */
    const shows = async (content: string): Promise<void> => {
      while ((await calls.filled(seen + 1))[seen++] !== content);
    };
    return { end, calls, shows };
  };
  const newPath = async (...below: readonly string[]) =>
    join(await temporaryDirectory(atEnd), ...below, 'file');

  it('calls when the file is created, written, replaced, deleted, and created again', async function () {
    this.timeout(noPolling);
    const path = await newPath();
    const { shows } = watching(path);
    await writeFile(path, 'made');
    await shows('made');
    await writeFile(path, 'written');
    await shows('written');
    await writeFileAtomic(path, 'replaced');
    await shows('replaced');
    await rm(path);
    await shows('absent');
    await writeFile(path, 'made again');
    await shows('made again');
  });

  it('calls for an existing file', async () => {
    const path = await newPath();
    await writeFile(path, 'there');
    const { shows } = watching(path);
    await shows('there');
  });

  it('calls when the directory of the file is created later, and for changes there', async function () {
    this.timeout(noPolling);
    const path = await newPath('later');
    const { shows } = watching(path);
    await mkdir(join(path, '..'));
    await writeFile(path, 'made');
    await shows('made');
    await changes(path, shows);
  });

  it('calls when the directory of the file is replaced, and for changes there', async function () {
    this.timeout(noPolling);
    const path = await newPath('directory');
    await mkdir(join(path, '..'));
    await writeFile(path, 'old');
    const { shows } = watching(path);
    await shows('old');
    await rename(join(path, '..'), join(path, '..', '..', 'aside'));
    await mkdir(join(path, '..'));
    await writeFile(path, 'new');
    await shows('new');
    await changes(path, shows);
  });

  it('calls soon after a directory was replaced by two renames, a moment apart', async () => {
    const path = await newPath('directory');
    const directory = dirname(path);
    const other = await newPath('directory');
    for (const each of [path, other]) await mkdir(dirname(each));
    await writeFile(path, 'one');
    await writeFile(other, 'two');
    const { shows } = watching(path);
    await shows('one');
    // The polls each 2 s are far off.
    await wait(2_050 - (performance.now() % 2_000));
    await rename(directory, `${directory}.old`);
    await shows('absent');
    const movedAt = performance.now();
    await rename(dirname(other), directory);
    await shows('two');
    expect(performance.now() - movedAt).to.be.below(1_000);
  });

  it('calls for changes in a directory recreated at once with the same inode', async function () {
    this.timeout(noPolling);
    const path = await newPath('directory');
    const directory = join(path, '..');
    mkdirSync(directory);
    await writeFile(path, 'old');
    const { shows } = watching(path);
    await shows('old');
    rmSync(directory, { recursive: true });
    mkdirSync(directory);
    writeFileSync(path, 'new');
    await shows('new');
    await changes(path, shows);
  });

  it('calls when a directory further above is replaced', async function () {
    this.timeout(noPolling);
    const path = await newPath('above', 'directory');
    const above = join(path, '..', '..');
    await mkdir(join(path, '..'), { recursive: true });
    await writeFile(path, 'old');
    const { shows } = watching(path);
    await shows('old');
    await rename(above, `${above}.old`);
    await mkdir(join(path, '..'), { recursive: true });
    await writeFile(path, 'new');
    await shows('new');
    await changes(path, shows);
  });

  it('calls twice for a change found by polling, as another may have the same timestamp', async function () {
    this.timeout(noPolling);
    const directory = await temporaryDirectory(atEnd);
    const [path, elsewhere] = [join(directory, 'file'), join(directory, 'elsewhere', 'file')];
    await mkdir(join(directory, 'elsewhere'));
    await writeFile(elsewhere, 'one');
    await link(elsewhere, path);
    const { calls } = watching(path);
    await calls.filled(2);
    // In place: a file that is truncated first would be seen empty in between.
    await writeFile(elsewhere, 'two', { flag: 'r+' });
    expect(await calls.filled(4)).to.deep.equal(['one', 'one', 'two', 'two']);
  });

  itAsRoot('calls when what is mounted at the file alone is written', async function () {
    this.timeout(noPolling);
    const directory = await temporaryDirectory(atEnd);
    const [path, elsewhere] = [join(directory, 'file'), join(directory, 'elsewhere')];
    await Promise.all([writeFile(path, ''), writeFile(elsewhere, 'one')]);
    await run('mount', ['--bind', elsewhere, path]);
    atEnd(() => run('umount', [path]));
    const { shows } = watching(path);
    await shows('one');
    await writeFile(elsewhere, 'two');
    await shows('two');
  });

  it('calls when the target of a symbolic link changes, or a link above the file', async function () {
    this.timeout(noPolling);
    const directory = await temporaryDirectory(atEnd);
    for (const version of ['v1', 'v2']) {
      await mkdir(join(directory, version, 'mq'), { recursive: true });
      await writeFile(join(directory, version, 'mq', 'file'), version);
    }
    const current = join(directory, 'current');
    await symlink('v1', current);
    const { shows } = watching(join(current, 'mq', 'file'));
    await shows('v1');
    await symlink('v2', `${current}.new`);
    await rename(`${current}.new`, current);
    await shows('v2');

    const link = join(directory, 'link');
    await writeFile(link, 'not yet a link');
    const linked = watching(link);
    await linked.shows('not yet a link');
    await symlink(join('v1', 'mq', 'file'), `${link}.new`);
    await rename(`${link}.new`, link);
    await linked.shows('v1');
    await writeFile(join(directory, 'v1', 'mq', 'file'), 'changed');
    await linked.shows('changed');
  });

  it('calls when the directory of the file is deleted', async () => {
    const path = await newPath('directory');
    await mkdir(join(path, '..'));
    await writeFile(path, 'old');
    const { shows } = watching(path);
    await shows('old');
    await rm(join(path, '..'), { recursive: true });
    await shows('absent');
  });

  it('does not call after it was stopped, however often', async () => {
    const path = await newPath();
    await writeFile(path, 'first');
    const [ended, other] = [watching(path), watching(path)];
    await Promise.all([ended.shows('first'), other.shows('first')]);
    ended.end();
    ended.end();
    const before = ended.calls.items.length;
    await writeFile(path, 'second');
    await other.shows('second');
    expect(ended.calls.items).to.have.length(before);
  });

  it('can be stopped at once', async () => {
    const path = await newPath();
    await writeFile(path, 'there');
    const [ended, other] = [watching(path), watching(path)];
    ended.end();
    await other.shows('there');
    expect(ended.calls.items, 'the call at once').to.deep.equal(['there']);
  });

  it('keeps the process running until it is stopped', async () => {
    const path = await newPath();
    await writeFile(path, 'there');
    const script = `
      import { watchFile } from ${JSON.stringify(new URL('../../../lib/storage/watch.ts', import.meta.url).href)};
      const end = watchFile(${JSON.stringify(path)}, () => setImmediate(() => {
        const keptRunning = () => process.getActiveResourcesInfo().includes('Timeout');
        console.log(keptRunning());
        end();
        console.log(keptRunning());
      }));`;
    const args = ['--import=tsx', '--input-type=module', '--eval', script];
    const { stdout } = await run(process.execPath, args, { timeout: 60_000 });
    expect(stdout).to.equal('true\nfalse\n');
  });
});
