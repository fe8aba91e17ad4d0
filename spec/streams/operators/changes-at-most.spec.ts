import { expect } from 'chai';
import fc from 'fast-check';
import { Subject, tap, VirtualTimeScheduler } from 'rxjs';
import { changesAtMost } from '../../../streams/operators/changes-at-most.js';
import { marbles } from '../../support/virtual-time.js';

/** The values of `changes` are the state from then on; `-` can't be published. */
const published = (changes: string, expected: string): void =>
  marbles(({ hot, expectObservable }, scheduler) => {
    let state: string | undefined;
    const deps = { take: () => state, keyOf: (value: string) => value.toLowerCase(), everyMs: 4, scheduler };
    const change$ = hot(changes).pipe(
      tap((value) => {
        state = value === 'x' ? undefined : value;
      }),
    );
    expectObservable(change$.pipe(changesAtMost(deps))).toBe(expected);
  });

describe('changesAtMost', () => {
  it('emits the first value at once, and later ones at most once in the time', () =>
    published('-a-b-c-------d---e', '-a---c-------d---e'));

  it('emits nothing for changes that do not matter', () => published('-a-----A----a---', '-a--------------'));

  it('emits nothing for a change that was undone', () => published('-a-b-a----------', '-a--------------'));

  it("does not count what can't be published: then the next may go at once", () =>
    published('-a-bx-----b-----', '-a--------b-----'));

  it('emits a change that comes back after it could not be published', () =>
    published('-x--a--x--b-----', '----a-----b-----'));

  it('runs no timer once it was left', () => {
    const scheduler = new VirtualTimeScheduler();
    const change$ = new Subject<void>();
    let n = 0;
    const deps = { take: () => `${n}`, keyOf: (value: string) => value, everyMs: 60_000, scheduler };
    const seen: string[] = [];
    const left = change$.pipe(changesAtMost(deps)).subscribe((value) => seen.push(value));
    change$.next();
    n = 1;
    change$.next();
    left.unsubscribe();
    scheduler.flush();
    expect(seen).to.deep.equal(['0']);
  });

  it('never emits twice within the time or the same twice, and ends with the latest state', () =>
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(90_000), fc.constantFrom('a', 'b', 'c'))), (changes) => {
        const scheduler = new VirtualTimeScheduler();
        const change$ = new Subject<void>();
        let state = '';
        const deps = { take: () => state, keyOf: (value: string) => value, everyMs: 60_000, scheduler };
        const seen: { at: number; value: string }[] = [];
        change$.pipe(changesAtMost(deps)).subscribe((value) => seen.push({ at: scheduler.now(), value }));
        let at = 0;
        for (const [afterMs, value] of changes) {
          at += afterMs;
          scheduler.schedule(() => {
            state = value;
            change$.next();
          }, at);
        }
        scheduler.flush();
        for (const [n, each] of seen.entries()) {
          const before = seen[n - 1];
          if (before === undefined) continue;
          expect(each.at - before.at).to.be.at.least(60_000);
          expect(each.value).to.not.equal(before.value);
        }
        expect(seen.at(-1)?.value ?? '').to.equal(state);
      }),
    ));
});
