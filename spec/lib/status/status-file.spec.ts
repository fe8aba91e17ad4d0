import { chmod, mkdir, readdir, stat, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { newCondition } from '../../../lib/status/condition.js';
import { Counters } from '../../../lib/status/counters.js';
import {
  madeDirectory,
  readStatus,
  removeStatus,
  statusDirectoryOf,
  statusFileName,
  statusFilesIn,
  trusted,
  writeStatus,
} from '../../../lib/status/status-file.js';
import { noGauges, snapshotOf } from '../../../lib/status/take.js';
import { cleanup, temporaryDirectory } from '../../support/cleanup.js';
import { leftOf, rightOf } from '../../support/either.js';

const uid = process.geteuid?.() ?? 0;
const snapshot = snapshotOf(
  { pid: 7, process: 'life', boot: 'boot', started_at: 0 },
  newCondition(0),
  new Counters(),
  noGauges,
  { written_at: 1, clock_synchronised: false },
);

describe('the status file', () => {
  const atEnd = cleanup();

  it('is in RUNTIME_DIRECTORY, else in a directory of the user', () => {
    const own = { path: '/tmp/cvmqtt-7', isShared: true };
    expect(statusDirectoryOf({}, '/tmp', 7)).to.deep.equal(own);
    expect(statusDirectoryOf({ RUNTIME_DIRECTORY: '' }, '/tmp', 7)).to.deep.equal(own);
    const given = { path: '/run/a', isShared: false };
    expect(statusDirectoryOf({ RUNTIME_DIRECTORY: '/run/a:/run/b' }, '/tmp', 7)).to.deep.equal(given);
  });

  it('is written for its owner alone, replaced as a whole, read again and removed', async () => {
    const directory = { path: join(await temporaryDirectory(atEnd), 'own'), isShared: true };
    rightOf(madeDirectory(directory, uid));
    rightOf(madeDirectory(directory, uid));
    const name = statusFileName('/etc/cvmain');
    const path = join(directory.path, name);
    expect(rightOf(readStatus(path))).to.equal(undefined);
    rightOf(await writeStatus(path, snapshot));
    rightOf(await writeStatus(path, { ...snapshot, received: 3 }));
    expect((await stat(directory.path)).mode & 0o777).to.equal(0o700);
    expect((await stat(path)).mode & 0o777).to.equal(0o600);
    expect(await readdir(directory.path)).to.deep.equal([name]);
    expect(statusFilesIn(directory.path)).to.deep.equal([path]);
    expect(rightOf(readStatus(path))).to.deep.equal({ ...snapshot, received: 3 });
    await removeStatus(path);
    expect(statusFilesIn(directory.path)).to.deep.equal([]);
  });

  it('is not written into a directory that is a link, of another user, or writable for others', async () => {
    const home = await temporaryDirectory(atEnd);
    const at = (name: string) => ({ path: join(home, name), isShared: true });
    await mkdir(join(home, 'victim'));
    await symlink(join(home, 'victim'), join(home, 'link'));
    expect(leftOf(madeDirectory(at('link'), uid))).to.match(/link: is not a directory$/);
    expect(leftOf(madeDirectory(at('victim'), uid + 1))).to.match(/belongs to another user$/);
    await chmod(join(home, 'victim'), 0o777);
    expect(leftOf(trusted(at('victim'), uid))).to.match(/others can write to it$/);
    expect(leftOf(trusted(at('missing'), uid))).to.match(/ENOENT$/);
  });

  it('replaces a link in its place, and does not write through it', async () => {
    const home = await temporaryDirectory(atEnd);
    const [path, victim] = [join(home, 'status.json'), join(home, 'victim')];
    await writeFile(victim, 'precious');
    await symlink(victim, path);
    await symlink(victim, `${path}.7.tmp`);
    expect(leftOf(readStatus(path))).to.match(/can't be read \(ELOOP\)$/);
    rightOf(await writeStatus(path, snapshot));
    expect((await stat(victim)).size).to.equal(8);
    expect(rightOf(readStatus(path))).to.deep.equal(snapshot);
  });

  it('is refused if it is broken, of another format, or large', async () => {
    const path = join(await temporaryDirectory(atEnd), 'status.json');
    await writeFile(path, '{"format":1');
    expect(leftOf(readStatus(path))).to.match(/is not JSON$/);
    await writeFile(path, JSON.stringify({ ...snapshot, format: 2 }));
    expect(leftOf(readStatus(path))).to.match(/has format 2, and this version of cvmqtt reads format 1/);
    await writeFile(path, JSON.stringify({ ...snapshot, received: -1 }));
    expect(leftOf(readStatus(path))).to.match(/field received: expected a count/);
    await truncate(path, 2_000_000);
    expect(leftOf(readStatus(path))).to.match(/is larger than/);
  });

  it('says when the disk refuses it, and leaves nothing behind', async () => {
    const home = await temporaryDirectory(atEnd);
    expect(leftOf(await writeStatus(join(home, 'missing', 'a'), snapshot))).to.match(/ENOENT$/);
    expect(await readdir(home)).to.deep.equal([]);
  });
});
