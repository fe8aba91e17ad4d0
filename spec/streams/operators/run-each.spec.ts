import { expect } from 'chai';
import { concat, filter, map, NEVER, type Observable, of, takeUntil, timer } from 'rxjs';
import { type RunHelpers, TestScheduler } from 'rxjs/testing';
import { runEach } from '../../../streams/operators/run-each.js';

const inVirtualTime = (test: (helpers: RunHelpers) => void): void => {
  new TestScheduler((actual, expected) => {
    expect(actual).to.deep.equal(expected);
  }).run(test);
};

/** Says its value when it starts, and in capitals when it has ended, 2 ms after its stop. */
const run = (value: string, stop$: Observable<unknown>): Observable<string> =>
  concat(of(value), NEVER.pipe(takeUntil(stop$)), timer(2).pipe(map(() => value.toUpperCase())));

describe('runEach', () => {
  it('runs a value until the next one, which starts when the first run has ended', () =>
    inVirtualTime(({ hot, expectObservable }) => {
      const values = '  a----b--------c-----';
      const ended = '   -------A--------B----';
      const started = ' a------b--------c----';
      const run$ = runEach(hot<string>(values), run);
      expectObservable(run$.pipe(filter(isStart)), '---------------------!').toBe(started);
      expectObservable(run$.pipe(filter((said) => !isStart(said))), '---------------------!').toBe(ended);
    }));

  it('skips a value that was replaced before its turn', () =>
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
