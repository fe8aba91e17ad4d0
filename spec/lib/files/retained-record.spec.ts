import { once } from 'node:events';
import { mkdtempSync, watch } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { type RetainedRecord, retainedRecord } from '../../../lib/files/retained-record.js';
import { publishOf } from '../../support/shorthand.js';

const publish = (topic: string, text: string) => ({
  ...publishOf(1, 'int1-open'),
  topic,
  payload: { text },
  retain: true,
});

describe('retainedRecord', () => {
  let directory = '';
  let path = '';

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'cvmqtt-spec-'));
    path = join(directory, 'retained.json');
  });

  // A write that no test waits for may still be under way.
  afterEach(() => rm(directory, { recursive: true, force: true, maxRetries: 10 }));

  /** Resolves when what `change` does to the record is on the disk. */
  const written = async (record: RetainedRecord, change: (record: RetainedRecord) => void): Promise<void> => {
    const watcher = watch(directory);
    change(record);
    for (let name: unknown; name !== 'retained.json'; ) [, name] = await once(watcher, 'change');
    watcher.close();
  };

  it('knows what was added, by topic and content', () => {
    const record = retainedRecord(path);
    record.add(publish('a', 'open'));
    expect(record.has(publish('a', 'open'))).to.equal(true);
    expect(record.has(publish('b', 'open'))).to.equal(false);
    expect(record.has(publish('a', 'close'))).to.equal(false);
  });

  it('outlasts a restart, and holds no payload', async () => {
    await written(retainedRecord(path), (record) => record.add(publish('a', 'open sesame')));
    expect(retainedRecord(path).has(publish('a', 'open sesame'))).to.equal(true);
    expect(await readFile(path, 'utf8')).to.not.contain('sesame');
  });

  it('is empty after a clear, also after a restart', async () => {
    const record = retainedRecord(path);
    await written(record, () => record.add(publish('a', 'open')));
    await written(record, () => record.clear());
    expect(record.has(publish('a', 'open'))).to.equal(false);
    expect(retainedRecord(path).has(publish('a', 'open'))).to.equal(false);
  });

  it('forgets the oldest past 1,000 topics', () => {
    const record = retainedRecord(path);
    for (let n = 0; n <= 1_000; n += 1) record.add(publish(`topic ${n}`, 'open'));
    expect(record.has(publish('topic 0', 'open'))).to.equal(false);
    expect(record.has(publish('topic 1', 'open'))).to.equal(true);
    expect(record.has(publish('topic 1000', 'open'))).to.equal(true);
  });

  for (const content of ['', '{', '[]', '{"a":1}', 'null'])
    it(`is empty when the file holds ${content === '' ? 'nothing' : content}`, async () => {
      await writeFile(path, content);
      expect(retainedRecord(path).has(publish('a', 'open'))).to.equal(false);
    });

  it('holds for the run where the file can not be written', async () => {
    await mkdir(path);
    const record = retainedRecord(path);
    record.add(publish('a', 'open'));
    expect(record.has(publish('a', 'open'))).to.equal(true);
  });
});
