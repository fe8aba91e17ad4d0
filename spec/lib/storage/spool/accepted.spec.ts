import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import { type Disk, systemDisk } from '../../../../lib/storage/disk.js';
import { SpoolFile } from '../../../../lib/storage/spool/spool-file.js';
import { endingAfterTest, temporaryDirectory } from '../../../rig/at-end.js';
import { receiptAt } from '../../../support/clock.js';
import { rightOf } from '../../../support/either.js';
import { noNewer } from '../../../support/no-newer.js';
import { publishOf, type Sent } from '../../../support/shorthand.js';

const message = (sent: Sent) => ({
  integration: 'int1',
  publish: publishOf(1, sent),
  receipt: receiptAt(),
  pinned: false,
});

describe('the spool file: which targets have accepted a message', () => {
  const atEnd = endingAfterTest();
  const newPath = async () => join(await temporaryDirectory(atEnd), 'spool.ndjson');
  const open = async (path: string, maxBytes = 100_000): Promise<SpoolFile> =>
    rightOf(
      await SpoolFile.open({ path, maxBytes, broken: (detail) => expect.fail(detail), newer: noNewer }),
    );
  const acceptedIn = async (spool: SpoolFile) =>
    rightOf(await spool.take('int1', 10)).map(({ publish }) => publish.accepted);

  it('is stored and noted, and survives a restart', async () => {
    const path = await newPath();
    const spool = await open(path);
    const ids = rightOf(
      await spool.append([message({ name: 'int1-a', accepted: ['notifier'] }), message('int1-b')]),
    );
    await spool.take('int1', 10);
    spool.note(ids[1] ?? 0, ['external']);
    await spool.close();
    const again = await open(path);
    expect(await acceptedIn(again)).to.deep.equal([['notifier'], ['external']]);
    await again.close();
  });

  it('survives a rewrite of the file', async () => {
    const path = await newPath();
    const spool = await open(path, 3_000);
    const big = { name: 'int1-a', text: 'x'.repeat(600) };
    const ids = rightOf(await spool.append([message(big), message(big), message('int1-c')]));
    await spool.take('int1', 10);
    spool.note(ids[2] ?? 0, ['notifier']);
    for (const id of ids.slice(0, 2)) spool.settled(id);
    rightOf(await spool.append([message(big), message(big)]));
    await spool.close();
    const again = await open(path);
    expect(await acceptedIn(again)).to.deep.equal([['notifier'], undefined, undefined]);
    await again.close();
  });

  it('is skipped if its line is invalid', async () => {
    const path = await newPath();
    const spool = await open(path);
    rightOf(await spool.append([message('int1-a')]));
    await spool.close();
    await appendFile(path, '{"id":1,"accepted":["everybody"]}\n');
    const broken: string[] = [];
    const again = rightOf(
      await SpoolFile.open({
        path,
        maxBytes: 10_000,
        broken: (detail) => broken.push(detail),
        newer: noNewer,
      }),
    );
    expect([await acceptedIn(again), broken.length]).to.deep.equal([[undefined], 1]);
    await again.close();
  });
});

describe('the spool file: a read that fails', () => {
  const atEnd = endingAfterTest();

  it('settles nothing: unread messages stay, in order', async () => {
    const path = join(await temporaryDirectory(atEnd), 'spool.ndjson');
    const failing = new Set<number>();
    let reads = 0;
    const disk: Disk = {
      ...systemDisk,
      open: async (name) => {
        const file = await systemDisk.open(name);
        const read: typeof file.read = (...args) => {
          reads += 1;
          const error = Object.assign(new Error('EIO'), { code: 'EIO' });
          return failing.has(reads) ? Promise.reject(error) : file.read(...args);
        };
        return new Proxy(file, {
          get: (target, key) => {
            if (key === 'read') return read;
            const value: unknown = Reflect.get(target, key);
            return typeof value === 'function' ? value.bind(target) : value;
          },
        });
      },
    };
    const spool = rightOf(
      await SpoolFile.open(
        { path, maxBytes: 10_000, broken: (detail) => expect.fail(detail), newer: noNewer },
        disk,
      ),
    );
    rightOf(await spool.append(['a', 'b', 'c'].map((each) => message(`int1-${each}`))));
    const topics = async () =>
      E.map((all: readonly { publish: { topic: string } }[]) =>
        all.map((one) => one.publish.topic.slice(-1)),
      )(await spool.take('int1', 10));
    failing.add(1).add(3);
    expect(await topics()).to.deep.equal(E.left(`${path}: EIO`));
    expect(spool.has('int1')).to.equal(true);
    expect(await topics()).to.deep.equal(E.right(['a']));
    expect(await topics()).to.deep.equal(E.right(['b', 'c']));
    expect(spool.has('int1')).to.equal(false);
    await spool.close();
  });
});
