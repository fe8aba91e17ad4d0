import { appendFile, mkdtemp, readFile, rm, stat, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import * as E from 'fp-ts/lib/Either.js';
import { bytesOf, payloadOf } from '../../../../lib/rules/message/payload.js';
import type { Publish } from '../../../../lib/rules/message/publish.js';
import type { ToStore } from '../../../../lib/storage/spool/spool-content.js';
import { SpoolFile } from '../../../../lib/storage/spool/spool-file.js';
import { receiptAt } from '../../../support/clock.js';
import { rightOf } from '../../../support/either.js';
import { noNewer } from '../../../support/no-newer.js';
import { publishOf } from '../../../support/shorthand.js';

const publish = (text: string): Publish => ({ ...publishOf(1, 'int1-open'), payload: { text } });

const message = (integration: string, text: string, pinned = false): ToStore => ({
  integration,
  publish: publish(text),
  receipt: receiptAt(),
  pinned,
});

const textOf = ({ payload }: Publish): string => Buffer.from(bytesOf(payload)).toString();

describe('SpoolFile', () => {
  let directory = '';
  let path = '';
  let complaints: string[] = [];
  /** Includes spools of crashed runs. */
  const opened: SpoolFile[] = [];

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'cvmqtt-spec-'));
    path = join(directory, 'state', 'spool.ndjson');
    complaints = [];
  });

  afterEach(async () => {
    for (const spool of opened.splice(0)) await spool.close().catch(() => undefined);
    await rm(directory, { recursive: true, force: true });
  });

  const open = async (maxBytes = 1_000_000, file = path): Promise<SpoolFile> => {
    const spool = await SpoolFile.open({
      path: file,
      maxBytes,
      broken: (detail) => complaints.push(detail),
      newer: noNewer,
    });
    if (E.isLeft(spool)) throw new Error(spool.left);
    opened.push(spool.right);
    return spool.right;
  };

  const store = async (spool: SpoolFile, ...messages: ToStore[]): Promise<readonly number[]> => {
    const stored = await spool.append(messages);
    if (E.isLeft(stored)) throw new Error(stored.left);
    return stored.right;
  };

  const texts = async (spool: SpoolFile, integration: string, most = 100): Promise<string[]> =>
    rightOf(await spool.take(integration, most)).map((each) => textOf(each.publish));

  it('gives messages back in order, for each integration', async () => {
    const spool = await open();
    await store(spool, message('int1', 'a'), message('int2', 'x'), message('int1', 'b'));
    await store(spool, message('int1', 'c'));
    expect(spool.integrations).to.deep.equal(['int1', 'int2']);
    expect(await texts(spool, 'int1', 2)).to.deep.equal(['a', 'b']);
    expect(await texts(spool, 'int1')).to.deep.equal(['c']);
    expect(spool.has('int1')).to.equal(false);
    expect(spool.has('int2')).to.equal(true);
    await spool.close();
  });

  it('withdraws messages that nobody awaits any more: neither this run nor the next delivers them', async () => {
    const spool = await open();
    const [, second = 0] = await store(spool, message('int1', 'a'), message('int1', 'b'));
    const [only = 0] = await store(spool, message('int2', 'x'));
    spool.withdraw([second, only]);
    expect(spool.integrations).to.deep.equal(['int1']);
    expect(await texts(spool, 'int1')).to.deep.equal(['a']);
    await spool.close();
    const next = await open();
    expect(next.integrations).to.deep.equal(['int1']);
    expect(await texts(next, 'int1')).to.deep.equal(['a']);
  });

  it('keeps unsettled messages after a crash', async () => {
    const spool = await open();
    await store(spool, message('int1', 'a'), message('int1', 'b'), message('int1', 'c'));
    const [first] = rightOf(await spool.take('int1', 2));
    spool.settled(first?.id ?? 0);
    await spool.close();
    expect(await texts(await open(), 'int1')).to.deep.equal(['b', 'c']);
  });

  it('is on the disk when an append resolves', async () => {
    await store(await open(), message('int1', 'a'));
    expect(await texts(await open(), 'int1')).to.deep.equal(['a']);
  });

  it('does not give out pinned messages until after a crash', async () => {
    const spool = await open();
    await store(spool, message('int1', 'pinned', true), message('int1', 'next'));
    expect(await texts(spool, 'int1')).to.deep.equal(['next']);
    expect(await texts(await open(), 'int1')).to.deep.equal(['pinned', 'next']);
  });

  it('is empty on the disk when all is settled', async () => {
    const spool = await open();
    const ids = await store(spool, message('int1', 'a'), message('int1', 'b'));
    rightOf(await spool.take('int1', 2));
    for (const id of ids) spool.settled(id);
    await spool.close();
    expect((await stat(path)).size).to.equal(0);
  });

  it('truncates a torn tail, and continues there', async () => {
    await store(await open(), message('int1', 'a'), message('int1', 'torn'));
    await truncate(path, (await stat(path)).size - 5);
    const spool = await open();
    await store(spool, message('int1', 'b'));
    expect(await texts(await open(), 'int1')).to.deep.equal(['a', 'b']);
    expect(complaints).to.deep.equal([]);
  });

  it('skips and reports a broken line', async () => {
    await store(await open(), message('int1', 'a'));
    await appendFile(path, '{"id":"?"}\n');
    await store(await open(), message('int1', 'b'));
    expect(await texts(await open(), 'int1')).to.deep.equal(['a', 'b']);
    expect(complaints).to.have.length(2);
  });

  it('refuses messages beyond its limit until it drains', async () => {
    const spool = await open(1_800);
    const big = 'x'.repeat(500);
    await store(spool, message('int1', `1${big}`), message('int1', `2${big}`));
    expect(await spool.append([message('int1', `3${big}`)])).to.deep.equal(E.left('the spool is full'));
    const [first, second] = rightOf(await spool.take('int1', 2));
    spool.settled(first?.id ?? 0);
    await store(spool, message('int1', `3${big}`));
    expect((await stat(path)).size).to.be.at.most(1_800);
    spool.settled(second?.id ?? 0);
    expect((await texts(spool, 'int1')).map(([mark]) => mark)).to.deep.equal(['3']);
    await spool.close();
  });

  it('keeps stored messages over a restart, even with settlements noted after a rewrite', async () => {
    const spool = await open(2_600);
    const big = 'x'.repeat(900);
    await store(spool, message('int1', 'first'));
    for (const id of await store(spool, message('int2', big, true), message('int2', big, true)))
      spool.settled(id);
    // There is no room, so the file is rewritten without settled messages.
    expect(await spool.append([message('int3', big.repeat(3))])).to.deep.equal(E.left('the spool is full'));
    await spool.close();
    const next = await open(2_600);
    await store(next, message('int1', 'second'), message('int1', 'third'));
    await next.close();
    expect(await texts(await open(2_600), 'int1')).to.deep.equal(['first', 'second', 'third']);
  });

  it("says why it can't be opened", async () => {
    const spool = await SpoolFile.open({
      path: '/dev/null/spool',
      maxBytes: 1,
      broken: () => undefined,
      newer: noNewer,
    });
    expect(spool).to.deep.equal(E.left('/dev/null/spool: EEXIST'));
  });

  it('is readable by the owner only', async () => {
    await open();
    expect((await stat(path)).mode & 0o777).to.equal(0o600);
  });

  it('loses nothing and keeps the order, whatever the operations', async () => {
    const integration = fc.constantFrom('int1', 'int2', 'int3');
    const step = fc.oneof(
      fc.record({
        do: fc.constant('store' as const),
        integrations: fc.array(integration, { minLength: 1, maxLength: 5 }),
      }),
      fc.record({ do: fc.constant('deliver' as const), integration, most: fc.integer({ min: 1, max: 4 }) }),
      fc.record({ do: fc.constant('restart' as const), tear: fc.boolean() }),
    );
    let run = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 40 }),
        fc.integer({ min: 600, max: 3_000 }),
        async (steps, maxBytes) => {
          const file = join(directory, `spool-${run++}.ndjson`);
          let spool = await open(maxBytes, file);
          const waiting = new Map<string, string[]>();
          let sent = 0;
          for (const each of steps) {
            if (each.do === 'store') {
              const texts = each.integrations.map((name) => ({ name, text: `${sent++}` }));
              const stored = await spool.append(texts.map(({ name, text }) => message(name, text)));
              if (E.isRight(stored)) {
                for (const { name, text } of texts) waiting.set(name, [...(waiting.get(name) ?? []), text]);
              }
            } else if (each.do === 'deliver') {
              const taken = rightOf(await spool.take(each.integration, each.most));
              const expected = waiting.get(each.integration)?.splice(0, taken.length) ?? [];
              expect(taken.map((one) => textOf(one.publish))).to.deep.equal(expected);
              for (const { id } of taken) spool.settled(id);
            } else {
              await spool.close();
              if (each.tear) await appendFile(file, '{"id":99999,"integration":"int1","publ');
              spool = await open(maxBytes, file);
            }
            expect((await stat(file)).size, 'the bound, and a line of settlements').to.be.at.most(
              maxBytes + 200,
            );
          }
          for (const [name, expected] of waiting) {
            expect(await texts(spool, name, 1_000)).to.deep.equal(expected);
          }
          await spool.close();
        },
      ),
      { numRuns: 60 },
    );
    expect(complaints).to.deep.equal([]);
  });

  it('keeps any bytes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), fc.boolean(), async (bytes, restart) => {
        let spool = await open(1_000_000, path);
        const before = {
          ...publishOf(1, 'int1-open'),
          payload: payloadOf(Buffer.from(bytes)),
          expiresInMs: 500,
        };
        await store(spool, { integration: 'int1', publish: before, receipt: receiptAt(7), pinned: false });
        if (restart) spool = await open(1_000_000, path);
        const [found] = rightOf(await spool.take('int1', 1));
        expect(found?.publish).to.deep.equal({ ...before, seq: -(found?.id ?? 0) });
        expect(found?.receipt).to.deep.equal(receiptAt(7));
        spool.settled(found?.id ?? 0);
        await spool.close();
      }),
      { numRuns: 50 },
    );
    expect(await readFile(path, 'utf8')).to.equal('');
  });
});
