import { expect } from 'chai';
import { BehaviorSubject, map, type Observable, of, Subject, timer, VirtualTimeScheduler } from 'rxjs';
import type { Outcome } from '../../../lib/rules/delivery/outcome.js';
import type { Publish } from '../../../lib/rules/message/publish.js';
import { type PipelineDeps, pipeline } from '../../../streams/pipeline.js';
import { allIsWell, answering, spoolRules } from '../../support/deps.js';
import { ending, publishOf, registered, type Sent } from '../../support/shorthand.js';
import { MemorySpool } from '../../support/spool-world.js';

/** The pipeline with a spool, in virtual time: settlements as text, and which targets were notified. */
const start = (
  answer: (name: string, kind: string) => { readonly afterMs: number; readonly outcome: Outcome },
  more: Partial<PipelineDeps> = {},
  spool?: MemorySpool,
  time = new VirtualTimeScheduler(undefined, 0),
) => {
  const publish$ = new Subject<Publish>();
  const stop$ = new Subject<void>();
  const settled: string[] = [];
  const notified: string[] = [];
  const seen = { completedAt: -1 };
  const disk = spool ?? new MemorySpool(time);
  publish$
    .pipe(
      pipeline({
        ...allIsWell,
        holdUnregisteredMs: 30_000,
        retry: { baseMs: 100, capMs: 100 },
        random: () => 1,
        integrations$: of(registered(['int1', 'int2', 'both@10.0.0.1:6001'])),
        spool: { spool: disk, rules: spoolRules },
        stop$,
        scheduler: time,
        notify: answering(({ name }, { kind }): Observable<Outcome> => {
          const { afterMs, outcome } = answer(name, kind);
          notified.push(`${name} ${kind}`);
          return timer(afterMs, time).pipe(map(() => outcome));
        }),
        ...more,
      }),
    )
    .subscribe({
      next: (each) => settled.push(`${each.publish.seq} ${ending(each)}`),
      complete: () => {
        seen.completedAt = time.now();
      },
    });
  let seq = 0;
  const send = (sent: Sent): void => publish$.next(publishOf(++seq, sent));
  const until = (ms: number): void => {
    time.maxFrames = ms;
    time.schedule(() => undefined, ms - time.now());
    time.flush();
  };
  return { time, disk, settled, notified, seen, send, until, stop: () => stop$.next() };
};

const accepts = { afterMs: 5, outcome: { kind: 'accepted' } } as const;
const hangs = { afterMs: 1e9, outcome: { kind: 'accepted' } } as const;
const fails = { afterMs: 5, outcome: { kind: 'failed', detail: 'no' } } as const;

describe('the spool: when the daemon stops', () => {
  it('takes messages that wait before notified ones, so that these are acknowledged', () => {
    const test = start(() => accepts);
    test.send('late-a');
    for (const name of ['int1-b', 'int2-c']) test.send(name);
    test.until(100);
    expect(test.settled).to.deep.equal(['2 notified', '3 notified']);
    test.stop();
    test.until(200);
    expect(test.settled.slice(2)).to.deep.equal(['1 spooled']);
    expect(test.seen.completedAt).to.equal(102);
    expect(test.disk.written).to.deep.equal(['late 1']);
  });

  it('takes nothing if nothing was sent: the broker keeps it', () => {
    const test = start(() => accepts, { integrations$: of(registered([])) });
    for (const name of ['int1-a', 'int2-b']) test.send(name);
    test.until(100);
    test.stop();
    expect([test.settled, test.disk.written, test.seen.completedAt]).to.deep.equal([[], [], 100]);
  });

  it('takes all from a hanging call on, if messages behind it were notified', () => {
    const test = start((name) => (name === 'int1-a' ? hangs : accepts));
    for (const name of ['int1-a', 'int1-b', 'int2-c']) test.send(name);
    test.until(100);
    test.stop();
    test.until(1_000);
    expect(test.settled).to.deep.equal(['3 notified', '1 spooled', '2 spooled']);
    expect(test.seen.completedAt, 'the call may still end').to.equal(-1);
  });

  it('is tried twice if it fails', () => {
    const time = new VirtualTimeScheduler(undefined, 0);
    const disk = new MemorySpool(time, 100, undefined, [0]);
    const test = start(() => accepts, {}, disk, time);
    test.send('late-a');
    test.send('int1-b');
    test.until(100);
    test.stop();
    test.until(200);
    expect([test.settled, test.seen.completedAt]).to.deep.equal([['2 notified', '1 spooled'], 104]);
  });
});

describe('the spool: half-delivered messages when the daemon stops', () => {
  const toBoth = { policy: { ...allIsWell.policy, toExternal: true } };

  it('are spooled with the accepted target, and only the other is notified after the next start', () => {
    const first = start((_name, kind) => (kind === 'notifier' ? accepts : fails), toBoth);
    first.send('both-a');
    first.until(50);
    first.stop();
    first.until(1_000);
    expect(first.settled).to.deep.equal(['1 spooled']);
    expect(first.disk.accepted).to.deep.equal([['notifier']]);
    expect(first.seen.completedAt).to.be.within(50, 60);
  });

  it('are noted in the spool if they were there before', () => {
    const set = new BehaviorSubject(registered([]));
    let hasFailed = false;
    const test = start(
      (_name, kind) => {
        hasFailed ||= kind === 'external';
        return kind === 'notifier' ? accepts : fails;
      },
      { ...toBoth, integrations$: set },
    );
    for (let n = 0; n < 3; n += 1) test.send('both-a');
    test.until(6_000);
    expect(test.settled).to.deep.equal(['1 spooled', '2 spooled', '3 spooled']);
    set.next(registered(['both@10.0.0.1:6001']));
    test.until(6_050);
    expect([hasFailed, test.disk.noted]).to.deep.equal([true, []]);
    test.stop();
    expect(test.disk.noted).to.deep.equal([[1, ['notifier']]]);
    expect(test.seen.completedAt).to.equal(6_050);
  });

  it('are finished without a spool, as far as there is time', () => {
    let calls = 0;
    const test = start((_name, kind) => (kind === 'notifier' || ++calls > 3 ? accepts : fails), {
      ...toBoth,
      spool: undefined,
    });
    test.send('both-a');
    test.until(50);
    test.stop();
    test.until(1_000);
    expect(test.settled).to.deep.equal(['1 notified']);
    expect(test.notified.filter((each) => each === 'both-a notifier')).to.have.length(1);
  });
});
