import { defer, type Observable, throwError } from 'rxjs';
import type { RunHelpers, TestScheduler } from 'rxjs/testing';
import { type WhenServingDeps, whenServing } from '../../../streams/operators/when-serving.js';
import { marbles } from '../../support/virtual-time.js';

const answers = { y: true, n: false };

/** One probe after the other, each with its own diagram; without chance, they are 2 ms apart. */
const probing = (
  { cold }: RunHelpers,
  scheduler: TestScheduler,
  probes: readonly string[],
  changed: Partial<WhenServingDeps> = {},
) => {
  const sources = probes.map((diagram) => cold(diagram, answers));
  let next = 0;
  const found$: Observable<number> = whenServing({
    probe: () => defer(() => sources[next++] ?? throwError(() => 'one probe too many')),
    retry: { baseMs: 2, capMs: 4 },
    random: () => 0,
    scheduler,
    ...changed,
  });
  return { found$, subscriptions: sources.map((source) => source.subscriptions) };
};

const counts = { 0: 0, 1: 1, 2: 2, 3: 3 };

describe('whenServing', () => {
  it('emits when the first probe finds cvmain serving', () =>
    marbles((helpers, scheduler) => {
      const { found$ } = probing(helpers, scheduler, ['---(y|)']);
      const expected = '                               ---(0|)';
      helpers.expectObservable(found$).toBe(expected, counts);
    }));

  it('sends one probe at a time, with a wait between two, and counts failures', () =>
    marbles((helpers, scheduler) => {
      const { found$, subscriptions } = probing(helpers, scheduler, ['-(n|)', '   ---(n|)', '        (y|)']);
      const subs = ['^!', '---^--!', '--------(^!)'];
      const expected = '--------(2|)';
      helpers.expectObservable(found$).toBe(expected, counts);
      for (const [at, each] of subscriptions.entries())
        helpers.expectSubscriptions(each).toBe(subs[at] ?? '');
    }));

  it('waits longer after each failure, randomly, up to the cap', () =>
    marbles((helpers, scheduler) => {
      const probes = ['(n|)', '(n|)', '(n|)', '(y|)'];
      const { found$ } = probing(helpers, scheduler, probes, {
        retry: { baseMs: 2, capMs: 6 },
        random: () => 1,
      });
      // 2 + 2, 2 + 4, 2 + 6
      const expected = '18ms (3|)';
      helpers.expectObservable(found$).toBe(expected, counts);
    }));

  it('starts over for each subscriber', () =>
    marbles((helpers, scheduler) => {
      const { found$ } = probing(helpers, scheduler, ['(n|)', '(y|)', '(n|)', '(y|)']);
      helpers.expectObservable(found$, '^----   ').toBe('--(1|)', counts);
      helpers.expectObservable(found$, '----^---').toBe('------(1|)', counts);
    }));

  it('stops probing on unsubscribe', () =>
    marbles((helpers, scheduler) => {
      const { found$, subscriptions } = probing(helpers, scheduler, ['(n|)', '-----(y|)']);
      const unsub = '^---!';
      const expected = '-----';
      const subs = ['(^!)', '--^-!'];
      helpers.expectObservable(found$, unsub).toBe(expected);
      for (const [at, each] of subscriptions.entries())
        helpers.expectSubscriptions(each).toBe(subs[at] ?? '');
    }));

  it('forwards an error of a probe: it is a bug, as not serving is an answer', () =>
    marbles((helpers, scheduler) => {
      const { found$ } = probing(helpers, scheduler, ['(n|)', '--#']);
      helpers.expectObservable(found$).toBe('----#');
    }));
});
