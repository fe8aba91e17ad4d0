import { once } from 'node:events';
import { mkdtempSync, watch } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import { payloadDigest, type SessionRecord, sessionRecord } from '../../../lib/storage/session-record.js';
import type { WholeFiles } from '../../../lib/storage/whole-files.js';
import { publishOf } from '../../support/shorthand.js';

const publish = (topic: string, text: string) => ({
  ...publishOf(1, 'int1-open'),
  topic,
  payload: { text },
  retain: true,
});

describe('sessionRecord', () => {
  let directory = '';
  let path = '';

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'cvmqtt-spec-'));
    path = join(directory, 'sessions.json');
  });

  // A write that no test awaits may still be in progress.
  afterEach(() => rm(directory, { recursive: true, force: true, maxRetries: 10 }));

  /** Resolves when the change that `change` makes to the record is on the disk. */
  const written = async (record: SessionRecord, change: (record: SessionRecord) => void): Promise<void> => {
    const watcher = watch(directory);
    change(record);
    for (let name: unknown; name !== 'sessions.json'; ) [, name] = await once(watcher, 'change');
    watcher.close();
  };

  it('knows which retained messages have run, by session, topic and content', () => {
    const record = sessionRecord(path);
    record.addRun('here', publish('a', 'open'));
    expect(record.hasRun('here', publish('a', 'open'))).to.equal(true);
    expect(record.hasRun('here', publish('b', 'open'))).to.equal(false);
    expect(record.hasRun('here', publish('a', 'close'))).to.equal(false);
    expect(record.hasRun('elsewhere', publish('a', 'open'))).to.equal(false);
  });

  it('knows the last live message of each topic', () => {
    const record = sessionRecord(path);
    record.addLive('here', [['a', payloadDigest({ payload: { text: 'open' } })]]);
    expect(record.hasRun('here', publish('a', 'open'))).to.equal(true);
    record.addLive('here', [['a', payloadDigest({ payload: { text: 'close' } })]]);
    expect(record.hasRun('here', publish('a', 'open'))).to.equal(false);
    expect(record.hasRun('elsewhere', publish('a', 'close'))).to.equal(false);
  });

  it('adds live messages to those of earlier runs', () => {
    const record = sessionRecord(path);
    const digest = payloadDigest({ payload: { text: 'open' } });
    record.addLive('here', [['a', digest]]);
    record.addLive('here', [['b', digest]]);
    expect(record.hasRun('here', publish('a', 'open'))).to.equal(true);
    expect(record.hasRun('here', publish('b', 'open'))).to.equal(true);
  });

  it('is awaited at the end, with another attempt after a failed write', async () => {
    const contents: string[] = [];
    let fails = 1;
    const files: WholeFiles = {
      read: () => E.left({ reason: 'absent' }),
      write: async (_, content) => {
        if (fails-- > 0) throw new Error('full');
        contents.push(content);
      },
      rename: async () => undefined,
      remove: async () => undefined,
    };
    const record = sessionRecord(path, files);
    record.setFilters('here', ['a/#']);
    await record.written();
    expect(contents).to.have.length(1);
    await record.written();
    expect(contents).to.have.length(1);
  });

  it('knows the filters of a session', () => {
    const record = sessionRecord(path);
    expect(record.filters('here')).to.deep.equal([]);
    record.setFilters('here', ['a/#']);
    expect(record.filters('here')).to.deep.equal(['a/#']);
    expect(record.filters('elsewhere')).to.deep.equal([]);
  });

  it('survives a restart, and contains no payload', async () => {
    await written(sessionRecord(path), (record) => record.addRun('here', publish('a', 'open sesame')));
    await written(sessionRecord(path), (record) => record.setFilters('here', ['a/#']));
    await written(sessionRecord(path), (record) => {
      record.addRun('here', publish('__proto__', 'open sesame'));
    });
    await written(sessionRecord(path), (record) =>
      record.addLive('here', [['live', payloadDigest({ payload: { text: 'open sesame' } })]]),
    );
    const again = sessionRecord(path);
    expect(again.hasRun('here', publish('live', 'open sesame'))).to.equal(true);
    expect(again.hasRun('here', publish('a', 'open sesame'))).to.equal(true);
    expect(again.hasRun('here', publish('__proto__', 'open sesame'))).to.equal(true);
    expect(again.filters('here')).to.deep.equal(['a/#']);
    expect(await readFile(path, 'utf8')).to.not.contain('sesame');
  });

  it('ignores invalid filters in the file', async () => {
    const session = { name: 'here', filters: ['a/#', 'a#', ''], retained: [], live: [] };
    await writeFile(path, JSON.stringify({ sessions: [session] }));
    expect(sessionRecord(path).filters('here')).to.deep.equal(['a/#']);
  });

  it('stays readable however long the topics are', async () => {
    const record = sessionRecord(path);
    for (let n = 0; n < 100; n += 1) record.addRun('here', publish('x'.repeat(65_000 + n), 'open'));
    await written(record, () => record.setFilters('here', ['a/#']));
    expect(sessionRecord(path).hasRun('here', publish('x'.repeat(65_000), 'open'))).to.equal(true);
  });

  it('writes nothing without a change', async () => {
    const record = sessionRecord(path);
    await written(record, () => record.setFilters('here', ['a/#']));
    const before = await readFile(path, 'utf8');
    await rm(path);
    record.setFilters('here', ['a/#']);
    await written(record, () => record.setFilters('there', ['b/#']));
    expect(await readFile(path, 'utf8'))
      .to.contain('there')
      .and.to.not.equal(before);
  });

  it('forgets the oldest beyond 1,000 topics and 4 sessions', () => {
    const record = sessionRecord(path);
    for (let n = 0; n <= 1_000; n += 1) record.addRun('here', publish(`topic ${n}`, 'open'));
    expect(record.hasRun('here', publish('topic 0', 'open'))).to.equal(false);
    expect(record.hasRun('here', publish('topic 1', 'open'))).to.equal(true);
    expect(record.hasRun('here', publish('topic 1000', 'open'))).to.equal(true);
    for (let n = 0; n < 4; n += 1) record.setFilters(`session ${n}`, ['a/#']);
    expect(record.hasRun('here', publish('topic 1000', 'open'))).to.equal(false);
    expect(record.filters('session 0')).to.deep.equal(['a/#']);
  });

  for (const content of ['', '\0\0\0', '{', '[]', '{"sessions":1}', '{"sessions":[{"name":"here"}]}', 'null'])
    it(`is empty when the file holds ${JSON.stringify(content)}`, async () => {
      await writeFile(path, content);
      expect(sessionRecord(path).filters('here')).to.deep.equal([]);
    });

  it("lasts for the run if the file can't be written", async () => {
    await mkdir(path);
    const record = sessionRecord(path);
    record.addRun('here', publish('a', 'open'));
    expect(record.hasRun('here', publish('a', 'open'))).to.equal(true);
  });
});
