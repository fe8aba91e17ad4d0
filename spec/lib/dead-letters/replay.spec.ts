import { appendFile, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import * as E from 'fp-ts/lib/Either.js';
import type { Letter } from '../../../lib/dead-letters/letter.js';
import { openMarking, readMarks } from '../../../lib/dead-letters/marks.js';
import { replayLetters } from '../../../lib/dead-letters/replay.js';
import type { Publish } from '../../../lib/rules/message/publish.js';
import type { DeadLettered, Notified } from '../../../lib/rules/settlement.js';
import { leftOf, rightOf } from '../../support/either.js';
import { publishOf } from '../../support/shorthand.js';

const letter = (id: string): Letter => ({
  id,
  reason: 'unregistered',
  detail: '',
  attempts: 0,
  settledAt: 0,
  publish: publishOf(1, { name: 'int1-open', text: id }),
  receipt: undefined,
});

const textOf = ({ payload }: Publish): string => ('text' in payload ? payload.text : '');

const notified = (publish: Publish): Notified => {
  const message = {
    name: 'a-b',
    integration: 'a',
    message: 'b',
    body: publish.payload,
    publish,
    lifetimeMs: 1,
  };
  return { kind: 'notified', publish, message, attempts: 1, tookMs: 1 };
};

const refused = (publish: Publish): DeadLettered => ({
  kind: 'dead-lettered',
  publish,
  reason: 'refused',
  detail: 'no',
  attempts: 2,
  tookMs: 1,
});

async function* each<T>(values: readonly T[]): AsyncGenerator<T> {
  yield* values;
}

describe('replayLetters', () => {
  const ids = ['a', 'b', 'c', 'd', 'e'];

  it('delivers each letter, and repeats at most the one in flight, wherever and however often it is killed', async () => {
    /** A kill before or after the nth action: a mark or a delivery. */
    class Killed extends Error {}
    const kill = fc.record({ at: fc.nat(16), before: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(fc.array(kill, { maxLength: 6 }), async (kills) => {
        const marks = new Map<string, string>();
        const delivered: string[] = [];
        for (const { at, before } of [...kills, { at: Number.POSITIVE_INFINITY, before: true }]) {
          let done = 0;
          const act = async (effect: () => void): Promise<void> => {
            const killed = done++ === at;
            if (killed && before) throw new Killed();
            effect();
            if (killed) throw new Killed();
          };
          const note = async (id: string, outcome: string): Promise<E.Either<string, void>> => {
            await act(() => marks.set(id, outcome));
            return E.right(undefined);
          };
          const open = ids.filter((id) => marks.get(id) !== 'notified');
          const run = replayLetters(each(open.map(letter)), {
            marking: { begin: (id) => note(id, 'begun'), end: (id, { kind }) => note(id, kind) },
            publishOf: ({ publish }) => publish,
            send: async (publish) => {
              await act(() => delivered.push(textOf(publish)));
              return notified(publish);
            },
          });
          try {
            for await (const _ of run);
          } catch (error) {
            if (!(error instanceof Killed)) throw error;
          }
        }
        const times = (id: string): number => delivered.filter((one) => one === id).length;
        expect(ids.filter((id) => times(id) === 0)).to.deep.equal([]);
        expect(delivered.length - ids.length).to.be.at.most(kills.length);
        expect([...marks.values()]).to.deep.equal(ids.map(() => 'notified'));
      }),
    );
  });

  const play = async (
    marking: Parameters<typeof replayLetters>[1]['marking'],
    end: (publish: Publish) => Notified | DeadLettered = notified,
  ) => {
    const sent: string[] = [];
    const results: string[] = [];
    const run = replayLetters(each(ids.map(letter)), {
      marking,
      publishOf: ({ publish }) => publish,
      send: async (publish) => {
        sent.push(textOf(publish));
        return textOf(publish) === 'd' ? undefined : end(publish);
      },
    });
    for await (const result of run) {
      results.push(`${result.letter.id} ${result.kind}${'sent' in result ? ` ${result.sent}` : ''}`);
    }
    return { sent, results };
  };

  const noting = (fails: (id: string, what: 'begin' | 'end') => boolean) => {
    const note = (what: 'begin' | 'end') => async (id: string) =>
      fails(id, what) ? E.left('disk full') : E.right(undefined);
    return { begin: note('begin'), end: note('end') };
  };

  it('stops at the first letter that is not settled', async () => {
    expect(await play(noting(() => false))).to.deep.equal({
      sent: ['a', 'b', 'c', 'd'],
      results: ['a settled', 'b settled', 'c settled', 'd stopped'],
    });
  });

  it('sends nothing if it cannot write the mark first', async () => {
    expect(await play(noting((id, what) => id === 'b' && what === 'begin'))).to.deep.equal({
      sent: ['a'],
      results: ['a settled', 'b unnoted false'],
    });
  });

  it('stops if it cannot mark a sent letter, and says whether it would be sent again', async () => {
    const fails = noting((id, what) => id === 'b' && what === 'end');
    expect(await play(fails)).to.deep.equal({
      sent: ['a', 'b'],
      results: ['a settled', 'b settled', 'b unnoted true'],
    });
    expect((await play(fails, refused)).results.at(-1)).to.equal('b unnoted false');
  });
});

describe('marks', () => {
  let directory = '';

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'cvmqtt-spec-'));
  });

  afterEach(() => rm(directory, { recursive: true }));

  const file = (): string => join(directory, 'dead-letters-replayed.ndjson');
  const open = async (present: readonly string[] = []) =>
    rightOf(await openMarking(directory, rightOf(await readMarks(directory)), new Set(present), () => 7));
  const marks = async () => Object.fromEntries(rightOf(await readMarks(directory)));

  it('are empty without a file', async () => {
    expect(await marks()).to.deep.equal({});
  });

  it('hold the outcome of each replay, and the number of calls of all of them', async () => {
    const marking = await open();
    await marking.begin('a');
    await marking.end('a', refused(letter('a').publish));
    await marking.begin('a');
    await marking.end('a', refused(letter('a').publish));
    await marking.begin('b');
    await marking.begin('c');
    await marking.end('c', notified(letter('c').publish));
    await marking.close();
    expect(await marks()).to.deep.equal({
      a: { outcome: 'refused', attempts: 4, at: 7 },
      b: { outcome: 'begun', attempts: 0, at: 7 },
      c: { outcome: 'notified', attempts: 1, at: 7 },
    });
  });

  it('survive a torn line, also the next line after it', async () => {
    const first = await open();
    await first.end('a', notified(letter('a').publish));
    await first.close();
    await appendFile(file(), '{"id":"b","outc');
    const second = await open();
    await second.end('c', notified(letter('c').publish));
    await second.close();
    expect(Object.keys(await marks())).to.deep.equal(['a', 'c']);
  });

  it('drop letters that are gone once the file has grown large', async () => {
    const line = (id: string) => `${JSON.stringify({ id, outcome: 'notified', attempts: 1, at: 1 })}\n`;
    const gone = Array.from({ length: 20_000 }, (_, n) => line(`gone-${n}`));
    await writeFile(file(), [...gone, line('here')].join(''));
    const marking = await open(['here']);
    await marking.end('next', refused(letter('next').publish));
    await marking.close();
    expect((await stat(file())).size).to.be.below(1_000);
    expect(Object.keys(await marks())).to.deep.equal(['here', 'next']);
  });

  it('are not rewritten in a small file', async () => {
    const line = `${JSON.stringify({ id: 'gone', outcome: 'notified', attempts: 1, at: 1 })}\n`;
    await writeFile(file(), line);
    await (await open()).close();
    expect(await readFile(file(), 'utf8')).to.equal(line);
  });

  it('fail if they cannot be read: without them a letter would be sent twice', async () => {
    await mkdir(file());
    expect(leftOf(await readMarks(directory))).to.contain('is not a file');
  });
});
