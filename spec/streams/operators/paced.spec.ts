import { expect } from 'chai';
import { Subject, VirtualTimeScheduler } from 'rxjs';
import { paced } from '../../../streams/operators/paced.js';
import { marbles } from '../../support/virtual-time.js';

describe('paced', () => {
  it('emits after a change, and not within it', () => {
    const scheduler = new VirtualTimeScheduler();
    const change$ = new Subject<void>();
    let emitted = 0;
    change$.pipe(paced(3, scheduler)).subscribe(() => {
      emitted += 1;
    });
    change$.next();
    expect(emitted).to.equal(0);
    scheduler.flush();
    expect(emitted).to.equal(1);
  });

  it('emits once for all changes within the time, at its end', () =>
    marbles(({ hot, expectObservable }, scheduler) => {
      const change = hot('  -aaa-aa--------a-', {});
      const expected = '    -x---x---x-----x-';
      expectObservable(change.pipe(paced(4, scheduler))).toBe(expected, { x: undefined });
    }));

  it('runs no timer without changes', () =>
    marbles(({ hot, expectObservable }, scheduler) => {
      expectObservable(hot('-a 5s a').pipe(paced(1_000, scheduler))).toBe('-x 5s x', { x: undefined });
    }));

  it('emits nothing after it was left', () =>
    marbles(({ hot, expectObservable }, scheduler) => {
      expectObservable(hot('-aa------').pipe(paced(4, scheduler)), '^--!').toBe('-x-', { x: undefined });
    }));
});
