import { appendFile, cp, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import { bytesOf } from '../../../../lib/rules/message/payload.js';
import type { ToStore } from '../../../../lib/storage/spool/spool-content.js';
import { SpoolFile } from '../../../../lib/storage/spool/spool-file.js';
import { cleanup, temporaryDirectory } from '../../../support/cleanup.js';
import { receiptAt } from '../../../support/clock.js';
import { leftOf, rightOf } from '../../../support/either.js';
import { failingDisk } from '../../../support/failing-disk.js';
import { fileHandleSpy, openFiles } from '../../../support/file-handle-spy.js';
import { noNewer } from '../../../support/no-newer.js';
import { publishOf } from '../../../support/shorthand.js';

const message = (text: string, integration = 'int1', pinned = false): ToStore => ({
  integration,
  publish: publishOf(1, { name: `${integration}-open`, text }),
  receipt: receiptAt(),
  pinned,
});

const big = 'x'.repeat(500);

describe('SpoolFile, while the disk fails', () => {
  const atEnd = cleanup();

  const newSpool = async (maxBytes = 1_000_000) => {
    const path = join(await temporaryDirectory(atEnd), 'spool.ndjson');
    const broken: string[] = [];
    const open = async (file = path): Promise<SpoolFile> => {
      const spool = rightOf(
        await SpoolFile.open({
          path: file,
          maxBytes,
          broken: (detail) => broken.push(detail),
          newer: noNewer,
        }),
      );
      atEnd(() => spool.close().catch(() => undefined));
      return spool;
    };
    /** The spool as a process finds it that starts after a kill. */
    const afterKill = async (spool: SpoolFile): Promise<SpoolFile> => {
      await quiet(spool);
      await cp(path, `${path}.killed`);
      return open(`${path}.killed`);
    };
    return { path, broken, spool: await open(), open, afterKill };
  };
  /** Resolves when everything is written, or could not be. */
  const quiet = async (spool: SpoolFile): Promise<void> => {
    await turn();
    await spool.take('nobody', 0);
  };
  const store = async (spool: SpoolFile, ...messages: ToStore[]) => rightOf(await spool.append(messages));
  const taken = async (spool: SpoolFile, integration = 'int1') =>
    rightOf(await spool.take(integration, 100)).map(({ id, publish }) => ({
      id,
      text: Buffer.from(bytesOf(publish.payload)).toString(),
    }));
  const texts = async (spool: SpoolFile, integration = 'int1'): Promise<string[]> =>
    (await taken(spool, integration)).map(({ text }) => text);

  it('notes a settlement again when a later message finds the spool full', async () => {
    const { spool, afterKill } = await newSpool(1_200);
    const disk = await failingDisk(atEnd);
    await store(spool, message(`a${big}`), message('b'));
    const [, b] = await taken(spool);
    disk.fail(['appendFile'], 0);
    spool.settled(b?.id ?? 0);
    await quiet(spool);
    expect(await spool.append([message(`c${big}${big}`)])).to.deep.equal(E.left('the spool is full'));
    expect(await texts(await afterKill(spool))).to.deep.equal([`a${big}`]);
  });

  it('keeps settlements made during a rewrite', async () => {
    const { spool, path, afterKill } = await newSpool(4_000);
    const disk = await failingDisk(atEnd);
    await store(spool, ...['a', 'b', 'c', 'd'].map((text) => message(`${text}${big}`)));
    const [a, b, c, d] = await taken(spool);
    const before = (await readFile(path)).length;
    let during = 0;
    disk.during('datasync', () => {
      during += 1;
      spool.settled(d?.id ?? 0);
    });
    for (const each of [a, b, c]) spool.settled(each?.id ?? 0);
    await quiet(spool);
    expect([during, before > 2_000]).to.deep.equal([1, true]);
    expect(await texts(await afterKill(spool))).to.deep.equal([]);
  });

  it('notes failed settlements with the next write', async () => {
    const { spool, afterKill } = await newSpool();
    const disk = await failingDisk(atEnd);
    await store(spool, message('a'), message('b'), message('c'));
    const [a, b] = await taken(spool);
    disk.fail(['appendFile']);
    spool.settled(a?.id ?? 0);
    await quiet(spool);
    expect(await texts(await afterKill(spool)), 'before').to.deep.equal(['a', 'b', 'c']);
    await store(spool, message('d'));
    expect(await texts(await afterKill(spool)), 'with a message').to.deep.equal(['b', 'c', 'd']);
    disk.fail(['appendFile', 'truncate']);
    spool.settled(b?.id ?? 0);
    await quiet(spool);
    spool.settled((await taken(spool))[0]?.id ?? 0);
    expect(await texts(await afterKill(spool)), 'with another settlement').to.deep.equal(['c']);
  });

  it('notes failed settlements on close', async () => {
    const { spool, open } = await newSpool();
    const disk = await failingDisk(atEnd);
    await store(spool, message('a'), message('b'));
    const [a] = await taken(spool);
    disk.fail(['appendFile']);
    spool.settled(a?.id ?? 0);
    await quiet(spool);
    await spool.close();
    expect(await texts(await open())).to.deep.equal(['b']);
  });

  it('empties the file with the next write when it could not be emptied', async () => {
    const { spool, path } = await newSpool();
    const disk = await failingDisk(atEnd);
    await store(spool, message('a'));
    disk.fail(['truncate']);
    for (const { id } of await taken(spool)) spool.settled(id);
    await quiet(spool);
    await spool.close();
    expect(await readFile(path, 'utf8')).to.equal('');
  });

  it('keeps the next message intact after a partial write', async () => {
    const { spool, open, broken } = await newSpool();
    const disk = await failingDisk(atEnd);
    await store(spool, message('a'));
    disk.fail(['appendFile', 'truncate'], 0.5);
    expect(E.isLeft(await spool.append([message('lost')]))).to.equal(true);
    await store(spool, message('b'), message('c'));
    expect(await texts(await open())).to.deep.equal(['a', 'b', 'c']);
    expect(await texts(spool)).to.deep.equal(['a', 'b', 'c']);
    expect(broken).to.deep.equal([]);
  });

  it("refuses messages while a partial write can't be truncated", async () => {
    const { spool, open } = await newSpool();
    const disk = await failingDisk(atEnd);
    await store(spool, message('a'));
    disk.fail(['datasync', 'truncate', 'truncate']);
    for (const text of ['lost', 'lost too'])
      expect(E.isLeft(await spool.append([message(text)]))).to.equal(true);
    await store(spool, message('b'));
    expect(await texts(await open())).to.deep.equal(['a', 'b']);
  });

  it('loses only one message if its bytes are corrupted', async () => {
    const { spool, open, path } = await newSpool(2_600);
    await store(spool, message('rotten'), message('a'));
    await spool.close();
    const content = await readFile(path);
    content.fill(0xff, content.indexOf('rotten'), content.indexOf('rotten') + 6);
    await writeFile(path, content);
    const next = await open();
    // Less than half of the file is waiting messages, so it is rewritten.
    for (const id of await store(next, message(big, 'int2', true), message(big, 'int2', true)))
      next.settled(id);
    await quiet(next);
    expect((await readFile(path)).length).to.equal(content.length);
    await store(next, message('b'));
    const second = await texts(await open());
    expect(second.slice(1)).to.deep.equal(['a', 'b']);
    expect((await texts(next)).slice(1)).to.deep.equal(['a', 'b']);
  });

  for (const [title, left] of [
    ['emptied', 0],
    ['truncated within a line', 200],
  ] as const)
    it(`keeps messages stored after the file was ${title}`, async () => {
      const { spool, open, path } = await newSpool();
      await store(spool, message('gone'), message('gone too'), message('and this'));
      await truncate(path, left);
      await store(spool, message('a'), message('b'));
      expect((await texts(await open())).slice(-2)).to.deep.equal(['a', 'b']);
      expect((await texts(spool)).slice(-2)).to.deep.equal(['a', 'b']);
    });

  for (const [title, lose] of [
    ['deleted', (path: string) => rm(path)],
    ['replaced', (path: string) => writeFile(`${path}.new`, '').then(() => rename(`${path}.new`, path))],
  ] as const)
    it(`restores all waiting messages after the file was ${title}`, async () => {
      const { spool, open, path } = await newSpool();
      await store(spool, message('a'));
      await lose(path);
      await store(spool, message('b'));
      expect(await texts(await open())).to.deep.equal(['a', 'b']);
      expect(await texts(spool)).to.deep.equal(['a', 'b']);
    });

  it('skips an invalid id, which could be reused or clash with one of the broker', async () => {
    for (const id of [2 ** 53 - 1, 2 ** 53, 1e300, 0, -7]) {
      const { spool, open, path, broken } = await newSpool();
      await store(spool, message('a'));
      const [line = ''] = (await readFile(path, 'utf8')).split('\n');
      await appendFile(path, `${line.replace('"id":1,', `"id":${id},`)}\n{"done":[${id}]}\n`);
      const next = await open();
      expect(broken, `${id}`).to.have.length(2);
      const ids = await store(next, message('b'), message('c'));
      expect(ids).to.deep.equal([2, 3]);
      expect(await texts(await open())).to.deep.equal(['a', 'b', 'c']);
    }
  });

  it('is unchanged if it can’t be read at the start, and leaves no file open', async () => {
    const { path, spool, open } = await newSpool();
    await store(spool, message('a'));
    await spool.close();
    (await fileHandleSpy(atEnd, 'readFile')).failNext(Object.assign(new Error('faulty'), { code: 'EIO' }));
    expect(
      leftOf(await SpoolFile.open({ path, maxBytes: 1_000, broken: () => undefined, newer: noNewer })),
    ).to.equal(`${path}: EIO`);
    expect((await openFiles(path)) ?? 0).to.equal(0);
    expect(await texts(await open())).to.deep.equal(['a']);
  });
});
