import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import { BehaviorSubject, map, of, Subject, timer, VirtualTimeScheduler } from 'rxjs';
import type { Publish } from '../../../lib/rules/message/publish.js';
import { type PipelineDeps, pipeline } from '../../../streams/pipeline.js';
import { LateSpool } from '../../../streams/spool/late-spool.js';
import { allIsWell, answering, spoolRules } from '../../support/deps.js';
import { ending, publishOf, registered } from '../../support/shorthand.js';
import { MemorySpool } from '../../support/spool-world.js';

const apps = ['a', 'b', 'c', 'd', 'e', 'f'];

/** A spool with a hundred messages for each app, and the pipeline that finds it at its start. */
const start = (more: Partial<PipelineDeps> = {}, spoolOf = (disk: MemorySpool) => disk) => {
  const time = new VirtualTimeScheduler(undefined, 0);
  const disk = new MemorySpool(time);
  const left = apps.flatMap((integration) =>
    Array.from({ length: 100 }, (_, n) => ({
      integration,
      publish: publishOf(n + 1, { name: `${integration}-${n}`, arrivedAt: 0 }),
      arrivedAt: 0,
      pinned: false,
    })),
  );
  disk.store(left).subscribe();
  const until = (ms: number): void => {
    time.maxFrames = ms;
    time.schedule(() => undefined, ms - time.now());
    time.flush();
  };
  until(10);
  const set$ = new BehaviorSubject(registered([]));
  const publish$ = new Subject<Publish>();
  const ends: string[] = [];
  const called: string[] = [];
  const spool = spoolOf(disk);
  publish$
    .pipe(
      pipeline({
        ...allIsWell,
        scheduler: time,
        integrations$: set$,
        holdUnregisteredMs: 30_000,
        maxHeld: 64,
        spool: { spool, rules: spoolRules },
        notify: answering(({ name }) => {
          called.push(name);
          return timer(1, time).pipe(map(() => ({ kind: 'accepted' as const })));
        }),
        ...more,
      }),
    )
    .subscribe((each) => ends.push(ending(each)));
  return {
    disk,
    set: (names: readonly string[]) => set$.next(registered(names)),
    ends,
    called,
    until,
    publish$,
  };
};

describe('the spool: messages of an earlier run', () => {
  it('wait for their apps to register as long as new messages do, however many there are', () => {
    const test = start();
    test.until(29_000);
    expect(test.ends).to.deep.equal([]);
    test.set(apps);
    test.until(40_000);
    expect(test.ends).to.deep.equal(Array(600).fill('notified'));
    expect(test.disk.unsettled.size).to.equal(0);
  });

  it('are in memory one for each unregistered app', () => {
    const test = start();
    test.until(29_000);
    expect(test.disk.taken).to.equal(apps.length);
  });

  it('are dead-lettered when the hold since this start ends', () => {
    const test = start();
    test.until(30_009);
    expect(test.ends).to.deep.equal([]);
    test.until(31_000);
    expect(test.ends).to.deep.equal(Array(600).fill('unregistered'));
  });

  it('precede new messages', () => {
    const test = start();
    test.publish$.next(publishOf(1, 'a-new'));
    test.set(['a']);
    test.until(10_000);
    expect(test.called).to.deep.equal([...Array.from({ length: 100 }, (_, n) => `a-${n}`), 'a-new']);
  });

  it('stay there while they can’t be read, and are read later', () => {
    let reads = 0;
    const test = start({}, (disk) => {
      const take = disk.take.bind(disk);
      disk.take = (integration, most) =>
        integration === 'a' && ++reads <= 3 ? of(E.left('EIO')) : take(integration, most);
      return disk;
    });
    test.set(['a', 'b']);
    test.until(1_500);
    expect([reads, test.called.length, new Set(test.called.map((each) => each[0]))]).to.deep.equal([
      3,
      100,
      new Set(['b']),
    ]);
    test.until(5_000);
    expect(test.called.filter((each) => each.startsWith('a'))).to.deep.equal(
      Array.from({ length: 100 }, (_, n) => `a-${n}`),
    );
  });
});

describe('a spool that can’t be opened', () => {
  const time = () => new VirtualTimeScheduler(undefined, 0);
  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

  it('is retried less and less often, and reported once for each reason', async () => {
    const scheduler = time();
    const reasons: string[] = [];
    let opens = 0;
    const late = new LateSpool({
      open: async () => E.left(++opens < 4 ? 'EIO' : 'EACCES'),
      portOf: () => new MemorySpool(scheduler),
      broken: (reason) => reasons.push(reason),
      retry: { baseMs: 100, capMs: 1_000 },
      scheduler,
      random: () => 1,
    });
    let isStarted = false;
    void late.open().then(() => {
      isStarted = true;
    });
    const pass = async (ms: number): Promise<void> => {
      await turn();
      scheduler.maxFrames = ms;
      scheduler.flush();
      await turn();
    };
    for (const [ms, count, started] of [
      [0, 1, false],
      [200, 2, false],
      [600, 3, false],
      [1_400, 4, true],
      [2_400, 5, true],
      [3_400, 6, true],
    ] as const) {
      await pass(ms);
      expect([ms, opens, isStarted]).to.deep.equal([ms, count, started]);
    }
    expect(reasons).to.deep.equal(['EIO', 'EACCES']);
    await late.close();
    expect(scheduler.actions.filter(({ closed }) => !closed)).to.deep.equal([]);
  });

  it('delivers its messages before all that were not sent to cvmain by the time it opens', () => {
    const found$ = new Subject<readonly string[]>();
    const test = start({}, (disk) => Object.assign(disk, { found$ }));
    test.publish$.next(publishOf(1, 'a-new'));
    test.until(100);
    found$.next(['a']);
    test.set(['a']);
    test.until(10_000);
    expect(test.called).to.deep.equal([...Array.from({ length: 100 }, (_, n) => `a-${n}`), 'a-new']);
  });
});
