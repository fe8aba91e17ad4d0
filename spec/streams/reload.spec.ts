import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import { concat, filter, map, NEVER, type Observable, of, Subject, takeUntil, timer } from 'rxjs';
import { type RunHelpers, TestScheduler } from 'rxjs/testing';
import type { Config } from '../../lib/config/config.js';
import { layout } from '../../lib/config/layout.js';
import type { ConfigProblem } from '../../lib/config/problem.js';
import { defaultSettings } from '../../lib/config/settings.js';
import type { DaemonEvent } from '../../lib/log/event.js';
import { configurations, runEach } from '../../streams/reload.js';

const inVirtualTime = (test: (helpers: RunHelpers) => void): void => {
  new TestScheduler((actual, expected) => {
    expect(actual).to.deep.equal(expected);
  }).run(test);
};

/** Says its value when it starts, and in capitals when it has ended, 2 ms after it was told to. */
const run = (value: string, stop$: Observable<unknown>): Observable<string> =>
  concat(of(value), NEVER.pipe(takeUntil(stop$)), timer(2).pipe(map(() => value.toUpperCase())));

describe('runEach', () => {
  it('runs a value until there is another one, which starts when the first has ended', () =>
    inVirtualTime(({ hot, expectObservable }) => {
      const values = '  a----b--------c-----';
      const ended = '   -------A--------B----';
      const started = ' a------b--------c----';
      const run$ = runEach(hot<string>(values), run);
      expectObservable(run$.pipe(filter(isStart)), '---------------------!').toBe(started);
      expectObservable(run$.pipe(filter((said) => !isStart(said))), '---------------------!').toBe(ended);
    }));

  it('ends a value at once that was replaced before its turn', () =>
    inVirtualTime(({ hot, expectObservable }) => {
      const values = '  a----bc---------';
      const started = ' a------b-c------';
      expectObservable(runEach(hot<string>(values), run).pipe(filter(isStart)), '----------------!').toBe(
        started,
      );
    }));

  it('completes with the last run', () =>
    inVirtualTime(({ hot, expectObservable }) => {
      const brief = (value: string): Observable<string> => timer(4).pipe(map(() => value));
      expectObservable(runEach(hot<string>('a-|'), brief)).toBe('----(a|)');
    }));
});

const isStart = (said: string): boolean => said === said.toLowerCase();

const config = (address: string): Config => ({
  layout: layout('/home'),
  cvmain: { address, viaNotifier: true, toExternal: false },
  settings: defaultSettings,
});

const problem: ConfigProblem = {
  file: '/home/config.json',
  detail: 'is not JSON, line 1',
  remedy: 'correct it',
};

describe('configurations', () => {
  /** Reads these, one after the other, and says what came of it. */
  const read = async (...found: E.Either<ConfigProblem, Config>[]) => {
    const changed$ = new Subject<void>();
    const reports: DaemonEvent[] = [];
    const taken: string[] = [];
    let next = 0;
    configurations({
      first: config('first'),
      changed$,
      read: async () => found[next++] ?? E.left(problem),
      report: (event) => reports.push(event),
    }).subscribe(({ cvmain }) => taken.push(cvmain.address));
    for (const _ of found) {
      changed$.next();
      await Promise.resolve();
      await new Promise(setImmediate);
    }
    return { taken, reports };
  };

  it('begin with the first, and go on with each other one', async () => {
    const { taken, reports } = await read(E.right(config('second')), E.right(config('third')));
    expect(taken).to.deep.equal(['first', 'second', 'third']);
    expect(reports).to.deep.equal([{ kind: 'configuration-changed' }, { kind: 'configuration-changed' }]);
  });

  it('are not renewed by the same', async () => {
    const { taken, reports } = await read(E.right(config('first')));
    expect(taken).to.deep.equal(['first']);
    expect(reports).to.deep.equal([]);
  });

  it('stay when the next one is broken, which is reported', async () => {
    const { taken, reports } = await read(E.left(problem), E.right(config('second')));
    expect(taken).to.deep.equal(['first', 'second']);
    expect(reports).to.deep.equal([
      { kind: 'configuration-refused', problem },
      { kind: 'configuration-changed' },
    ]);
  });
});
