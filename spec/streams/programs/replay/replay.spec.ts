import { expect } from 'chai';
import { lastValueFrom, of, Subject, take, toArray, VirtualTimeScheduler } from 'rxjs';
import type { CaptureRecord } from '../../../../lib/capture/record.js';
import type { IntegrationSet } from '../../../../lib/rules/routing/integrations.js';
import { acceptAtOnce } from '../../../../streams/programs/accept-at-once.js';
import { passingClock, virtualClock } from '../../../../streams/programs/replay/clock.js';
import { recordedCvmain } from '../../../../streams/programs/replay/recorded-cvmain.js';
import { type ReplayDeps, replay } from '../../../../streams/programs/replay/replay.js';
import { allIsWell } from '../../../support/deps.js';
import { batches, captured, setAt } from '../../../support/replaying.js';
import { ending, registered } from '../../../support/shorthand.js';

/** A dry run in virtual time; int1 is registered, holds last for 1 s. */
const dryRun = (
  records: readonly (readonly CaptureRecord[])[],
  more: Partial<ReplayDeps> = {},
): ReplayDeps => ({
  records: batches(records),
  rules: { ...allIsWell, holdUnregisteredMs: 1_000 },
  clock: virtualClock(),
  integrations$: of(registered(['int1'])),
  notify: acceptAtOnce,
  spool: undefined,
  maxUnsettled: 4,
  aside: () => undefined,
  ready: () => undefined,
  random: () => 0,
  ...more,
});

/** The result of each message, in order of settlement, with its time by the clock of the replay. */
const resultsOf = async (deps: ReplayDeps): Promise<readonly string[]> => {
  const ends: string[] = [];
  const settlements = replay(deps).pipe(toArray());
  const seen = await lastValueFrom(settlements);
  for (const each of seen) ends.push(`${each.publish.seq} ${ending(each)} after ${each.tookMs} ms`);
  return ends;
};

describe('replay: the pipeline over a capture', () => {
  it('settles each message, at once if nothing waits', async () =>
    expect(
      await resultsOf(dryRun([[captured(1, 0), captured(2, 5, 'vg:x-y')], [captured(3, 9, 'nodash')]])),
    ).to.deep.equal(['1 notified after 0 ms', '2 reserved-name after 0 ms', '3 malformed-name after 0 ms']));

  it('holds by the time of the capture: an app registers in time, or does not', async () =>
    expect(
      await resultsOf(
        dryRun([
          [captured(1, 0, 'int2-a'), captured(2, 100, 'int3-b')],
          [setAt(900, 'int1', 'int2'), captured(3, 5_000)],
        ]),
      ),
    ).to.deep.equal(['1 notified after 900 ms', '2 unregistered after 1000 ms', '3 notified after 0 ms']));

  it('waits for the ends of holds after the last record', async () =>
    expect(await resultsOf(dryRun([[captured(1, 7, 'int2-a')]]))).to.deep.equal([
      '1 unregistered after 1000 ms',
    ]));

  it('decides nothing before a live set is recorded, and follows the records from then on', async () => {
    const nothing$ = new Subject<IntegrationSet>();
    const records = [[captured(1, 0), setAt(50, 'int1'), captured(2, 60)]];
    expect(await resultsOf(dryRun(records, { integrations$: nothing$ }))).to.deep.equal([
      '1 notified after 50 ms',
      '2 notified after 0 ms',
    ]);
  });

  it('reports records other than publishes, in their place', async () => {
    const order: string[] = [];
    const broken: CaptureRecord = { kind: 'broken', line: 2, detail: 'x' };
    const deps = dryRun([[captured(1, 0), broken, setAt(1, 'int1'), captured(2, 2)]], {
      aside: ({ kind }) => order.push(kind),
      arrived: ({ seq }, offsetMs) => order.push(`${seq} at ${offsetMs}`),
    });
    await resultsOf(deps);
    expect(order).to.deep.equal(['1 at 0', 'broken', 'set', '2 at 2']);
  });

  it('lets calls fail while cvmain was away: a message with a timeout expires, another waits', async () => {
    const away = (offsetMs: number, serves: boolean): CaptureRecord => ({ kind: 'cvmain', offsetMs, serves });
    const { change, ...cvmain } = recordedCvmain();
    const limited = captured(2, 110);
    const records = [
      [captured(1, 0), away(100, false)],
      [{ ...limited, publish: { ...limited.publish, expiresInMs: 50 } }, captured(3, 120), away(900, true)],
    ];
    const aside = (record: CaptureRecord): void => {
      if (record.kind === 'cvmain') change(record.serves);
    };
    expect(await resultsOf(dryRun(records, { ...cvmain, aside }))).to.deep.equal([
      '1 notified after 0 ms',
      '2 expired after 50 ms',
      '3 notified after 780 ms',
    ]);
  });

  it('fails if the capture can’t be read, after the records before', async () => {
    const failing = async function* () {
      yield [captured(1, 0)];
      throw Object.assign(new Error('gone'), { code: 'EIO' });
    };
    const seen: number[] = [];
    const ended = await new Promise((resolve) => {
      replay(dryRun([], { records: failing() })).subscribe({
        next: ({ publish }) => seen.push(publish.seq),
        error: resolve,
      });
    });
    expect(seen).to.deep.equal([1]);
    expect(ended).to.have.property('code', 'EIO');
  });
});

describe('replay: backpressure reaches the file', () => {
  const six = Array.from({ length: 6 }, (_, at) => [captured(at + 1, at)]);

  it('waits for its output before it reads the next records', async () => {
    let pulled = 0;
    const printed = new Subject<void>();
    const deps = dryRun([], {
      records: batches(six, () => {
        pulled += 1;
      }),
      ready: () => lastValueFrom(printed.pipe(take(1))),
    });
    const done = resultsOf(deps);
    for (let batch = 1; batch <= six.length; batch += 1) {
      while (!printed.observed) await Promise.resolve();
      expect(pulled).to.equal(batch);
      printed.next();
    }
    expect(await done).to.have.length(6);
  });

  it('reads no more than may be unsettled at a finite speed', async () => {
    let pulled = 0;
    const answers: (() => void)[] = [];
    const deps = dryRun([], {
      clock: passingClock(new VirtualTimeScheduler(), 1),
      records: batches(six, () => {
        pulled += 1;
      }),
      notify: (_message, _target, done) => {
        answers.push(() => done({ kind: 'accepted' }));
        return () => undefined;
      },
    });
    const done = resultsOf(deps);
    while (pulled < 4) await Promise.resolve();
    for (let turns = 0; turns < 100; turns += 1) await Promise.resolve();
    expect(pulled).to.equal(4);
    for (let settled = 0; settled < 6; settled += 1) {
      while (answers.length === 0) await Promise.resolve();
      answers.shift()?.();
      expect(pulled - settled).to.be.at.most(5);
    }
    expect(await done).to.have.length(6);
  });

  it('reads nothing more after unsubscribing', async () => {
    let pulled = 0;
    const records = batches(six, () => {
      pulled += 1;
    });
    await lastValueFrom(replay(dryRun([], { records })).pipe(take(2)));
    for (let turns = 0; turns < 100; turns += 1) await Promise.resolve();
    expect(pulled).to.be.at.most(3);
  });

  it('reads nothing more after unsubscribing, where there are batches without records', async () => {
    let ended = (): void => undefined;
    const closed = new Promise<void>((resolve) => {
      ended = resolve;
    });
    const endless = async function* () {
      try {
        for (;;) {
          await new Promise(setImmediate);
          yield [];
        }
      } finally {
        ended();
      }
    };
    const subscription = replay(dryRun([], { records: endless() })).subscribe();
    await new Promise(setImmediate);
    subscription.unsubscribe();
    await closed;
  });
});
