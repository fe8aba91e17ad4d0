import { expect } from 'chai';
import { lastValueFrom, of, toArray } from 'rxjs';
import type { CaptureRecord } from '../../../../lib/capture/record.js';
import { acceptAtOnce } from '../../../../streams/programs/accept-at-once.js';
import { virtualClock } from '../../../../streams/programs/replay/clock.js';
import { type ReplayDeps, replay } from '../../../../streams/programs/replay/replay.js';
import { allIsWell, spoolRules } from '../../../support/deps.js';
import { batches, captured, setAt } from '../../../support/replaying.js';
import { ending, registered } from '../../../support/shorthand.js';

const spool = { maxBytes: 1_000_000, rules: spoolRules };

/** Messages for int1, which is registered, and int2, which is not, in turn: one each 10 ms. */
const traffic = Array.from({ length: 200 }, (_, n) =>
  captured(n + 1, n * 10, n % 2 === 0 ? 'int1-a' : 'int2-a'),
);

const int2Comes = (offsetMs: number): readonly CaptureRecord[] => [
  ...traffic,
  setAt(offsetMs, 'int1', 'int2'),
];

const run = async (records: readonly CaptureRecord[], more: Partial<ReplayDeps> = {}) => {
  const called: number[] = [];
  const deps: ReplayDeps = {
    records: batches([records]),
    rules: { ...allIsWell, holdUnregisteredMs: 30_000, maxHeld: 20 },
    clock: virtualClock(),
    integrations$: of(registered(['int1'])),
    notify: (message, target, done) => {
      called.push(message.publish.seq);
      return acceptAtOnce(message, target, done);
    },
    spool,
    maxUnsettled: 4,
    aside: () => undefined,
    ready: () => undefined,
    random: () => 0,
    ...more,
  };
  const settlements = await lastValueFrom(replay(deps).pipe(toArray()));
  const ofInt2 = settlements.filter(({ message }) => message?.integration === 'int2');
  return { settlements, ofInt2, called };
};

const even = Array.from({ length: 100 }, (_, n) => (n + 1) * 2);

describe('replay: the spool', () => {
  it('spools as many as the daemon does: in order, each once, with its number and its age', async () => {
    const { settlements, ofInt2, called } = await run(int2Comes(5_000));
    expect(settlements.length).to.equal(200);
    expect(settlements.map(ending)).to.not.include.oneOf(['spooled', 'unregistered']);
    expect(ofInt2.map(({ publish }) => publish.seq)).to.deep.equal(even);
    expect(ofInt2.map(({ publish, tookMs }) => publish.receivedAt * 10 - 10 + tookMs)).to.deep.equal(
      even.map(() => 5_000),
    );
    expect(called.filter((seq) => seq % 2 === 0)).to.deep.equal(even);
  });

  for (const [title, more] of [
    ['there is none', { spool: undefined }],
    ['it is full', { spool: { ...spool, maxBytes: 10 } }],
  ] as const) {
    it(`holds no more than the daemon does in memory if ${title}`, async () => {
      const { settlements, ofInt2 } = await run(int2Comes(5_000), more);
      expect(settlements.length).to.equal(200);
      expect(ofInt2.filter((each) => ending(each) === 'notified').length).to.equal(20);
      expect(ofInt2.filter((each) => ending(each) === 'unregistered').length).to.equal(80);
    });
  }

  it('dead-letters messages whose app does not register within the hold', async () => {
    const { ofInt2 } = await run(int2Comes(60_000));
    expect(new Set(ofInt2.map(ending))).to.deep.equal(new Set(['unregistered']));
    expect(ofInt2.map(({ publish }) => publish.seq)).to.deep.equal(even);
    expect(new Set(ofInt2.map(({ tookMs }) => tookMs))).to.deep.equal(new Set([30_000]));
  });

  it('keeps nothing for longer than the daemon does', async () => {
    const { ofInt2 } = await run(int2Comes(5_000), {
      spool: { ...spool, rules: { ...spoolRules, maxAgeMs: 4_000 } },
    });
    expect(new Set(ofInt2.map(ending))).to.deep.equal(new Set(['notified', 'expired']));
  });
});
