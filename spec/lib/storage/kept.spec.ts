import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { systemDisk } from '../../../lib/storage/disk.js';
import { takeSessionsBack } from '../../../lib/storage/kept-sessions.js';
import { payloadDigest, sessionRecord } from '../../../lib/storage/session-record.js';
import { takeBack } from '../../../lib/storage/spool/kept-spool.js';
import { SpoolFile } from '../../../lib/storage/spool/spool-file.js';
import { acceptedLine, doneLine, messageLine } from '../../../lib/storage/spool/spool-record.js';
import { keptPaths } from '../../../lib/storage/state-formats.js';
import { systemFiles } from '../../../lib/storage/whole-files.js';
import { cleanup, temporaryDirectory } from '../../support/cleanup.js';
import { receiptAt } from '../../support/clock.js';
import { rightOf } from '../../support/either.js';
import { noNewer } from '../../support/no-newer.js';
import { publishOf } from '../../support/shorthand.js';

const line = (id: number, name: string): string =>
  messageLine(id, { integration: 'int1', receipt: receiptAt(), publish: publishOf(id, `int1-${name}`) });

describe('a kept spool', () => {
  const atEnd = cleanup();

  const statesWith = async (contents: Readonly<Record<string, string>>) => {
    const directory = await temporaryDirectory(atEnd);
    for (const [file, content] of Object.entries(contents)) await writeFile(join(directory, file), content);
    const path = join(directory, 'spool.ndjson');
    const broken: string[] = [];
    const take = (disk = systemDisk) =>
      takeBack({ path, broken: (detail) => broken.push(detail) }, disk, keptPaths(path, 3));
    const waiting = async () => {
      const options = {
        path,
        maxBytes: 1e6,
        broken: (detail: string) => broken.push(detail),
        newer: noNewer,
      };
      const spool = rightOf(await SpoolFile.open(options));
      const taken = rightOf(await spool.take('int1', 99));
      await spool.close();
      return taken.map(({ publish }) =>
        [publish.topic.replace(/.*-/, ''), ...(publish.accepted ?? [])].join(),
      );
    };
    return { directory, path, broken, take, waiting };
  };

  it('goes before the messages that came in between, the newest format first', async () => {
    const { directory, broken, take, waiting } = await statesWith({
      'spool.ndjson.v3': line(1, 'a') + line(2, 'b') + doneLine([1]),
      'spool.ndjson.v2': line(1, 'c') + line(2, 'd') + acceptedLine(2, ['notifier']),
      'spool.ndjson': line(1, 'e') + acceptedLine(1, ['external']) + line(7, 'f'),
    });
    await take();
    expect(await readdir(directory)).to.deep.equal(['spool.ndjson']);
    expect(await waiting()).to.deep.equal(['b', 'c', 'd,notifier', 'e,external', 'f']);
    expect(broken).to.deep.equal([]);
  });

  it('is the spool if there is no other, and keeps fields that are not known', async () => {
    const { path, take, waiting } = await statesWith({
      'spool.ndjson.v2': line(3, 'a').replace('{', '{"later":[1],'),
    });
    await take();
    expect(await waiting()).to.deep.equal(['a']);
    expect(await readFile(path, 'utf8')).to.contain('"later":[1]');
  });

  it('stays where it is while it can’t be read, or the spool is of a newer version', async () => {
    const newer = '{"format":9}\n';
    for (const contents of [
      { 'spool.ndjson.v2': newer, 'spool.ndjson': line(1, 'a') },
      { 'spool.ndjson.v2': line(1, 'a'), 'spool.ndjson': newer },
    ]) {
      const { directory, take } = await statesWith(contents);
      await take();
      for (const [file, content] of Object.entries(contents))
        expect(await readFile(join(directory, file), 'utf8')).to.equal(content);
    }
  });

  it('reports its broken lines, and a torn one is none', async () => {
    const { broken, take, waiting } = await statesWith({ 'spool.ndjson.v2': `{}\n${line(1, 'a')}{"id"` });
    await take();
    expect(broken).to.have.length(1);
    expect(await waiting()).to.deep.equal(['a']);
  });

  it('is removed once its messages are safe in their place', async () => {
    const { directory, take } = await statesWith({ 'spool.ndjson.v2': line(1, 'a') });
    const failing = { ...systemDisk, syncDirectory: () => Promise.reject(new Error('EIO')) };
    await take(failing).catch(() => undefined);
    expect(await readdir(directory)).to.have.members(['spool.ndjson', 'spool.ndjson.v2']);
  });

  for (const [call, calls] of Object.entries({
    openExisting: 2,
    open: 1,
    rename: 1,
    syncDirectory: 2,
    remove: 2,
  }))
    for (let nth = 1; nth <= calls; nth += 1)
      it(`is taken back once, however often the disk fails at ${call} ${nth}`, async () => {
        const { take, waiting, directory } = await statesWith({
          'spool.ndjson.v2': line(1, 'a'),
          'spool.ndjson': line(1, 'b'),
        });
        for (const _ of [1, 2, 3]) {
          let left = nth;
          const failing = new Proxy(systemDisk, {
            get: (disk, name, receiver) =>
              name === call && --left === 0
                ? () => Promise.reject(new Error('EIO'))
                : Reflect.get(disk, name, receiver),
          });
          await take(failing).catch(() => undefined);
        }
        await take();
        expect(await readdir(directory)).to.deep.equal(['spool.ndjson']);
        expect(await waiting()).to.deep.equal(['a', 'b']);
      });
});

describe('a kept session record', () => {
  const atEnd = cleanup();

  const retained = (name: string) => publishOf(1, { name, retain: true });
  const digest = payloadDigest({ payload: { text: 'now' } });

  it('counts as the earlier part of the record, and is removed', async () => {
    const directory = await temporaryDirectory(atEnd);
    const path = join(directory, 'sessions.json');
    const earlier = sessionRecord(`${path}.v2`);
    earlier.setFilters('here', ['a/#', 'b/#']);
    earlier.addRun('here', retained('one'));
    earlier.addRun('elsewhere', retained('one'));
    await earlier.written();
    const later = sessionRecord(path);
    later.setFilters('here', ['b/#', 'c/#']);
    later.addRun('here', { ...retained('one'), payload: { text: 'later' } });
    later.addLive('here', [['s2u/cv12345/two', digest]]);
    await later.written();
    await takeSessionsBack(path, systemFiles, [`${path}.v2`]);
    expect(await readdir(directory)).to.deep.equal(['sessions.json']);
    const record = sessionRecord(path);
    expect(record.filters('here')).to.have.members(['a/#', 'b/#', 'c/#']);
    expect(record.hasRun('here', retained('one'))).to.equal(false);
    expect(record.hasRun('here', { ...retained('one'), payload: { text: 'later' } })).to.equal(true);
    expect(record.hasRun('here', retained('two'))).to.equal(true);
    expect(record.hasRun('elsewhere', retained('one'))).to.equal(true);
  });

  it('is the record if the older version wrote none', async () => {
    const directory = await temporaryDirectory(atEnd);
    const path = join(directory, 'sessions.json');
    const earlier = sessionRecord(`${path}.v2`);
    earlier.setFilters('here', ['a/#']);
    await earlier.written();
    await takeSessionsBack(path, systemFiles, [`${path}.v2`]);
    expect(sessionRecord(path).filters('here')).to.deep.equal(['a/#']);
  });

  it('stays while the record is of a newer version, which could not be moved', async () => {
    const directory = await temporaryDirectory(atEnd);
    const path = join(directory, 'sessions.json');
    await writeFile(path, '{"format":9}');
    await writeFile(`${path}.v2`, '{"sessions":[]}');
    await takeSessionsBack(path, systemFiles, [`${path}.v2`]);
    expect(await readFile(path, 'utf8')).to.equal('{"format":9}');
    expect(await readdir(directory)).to.have.members(['sessions.json', 'sessions.json.v2']);
  });

  it('stays while it can’t be read, or added', async () => {
    const directory = await temporaryDirectory(atEnd);
    const path = join(directory, 'sessions.json');
    await writeFile(`${path}.v2`, '{"format":9}');
    await takeSessionsBack(path, systemFiles, [`${path}.v2`]);
    await writeFile(`${path}.v3`, '{"sessions":[]}');
    const full = { ...systemFiles, write: () => Promise.reject(new Error('ENOSPC')) };
    await takeSessionsBack(path, full, [`${path}.v3`]);
    expect(await readdir(directory)).to.have.members(['sessions.json.v2', 'sessions.json.v3']);
  });
});
