import { type Observable, of } from 'rxjs';
import type { RunHelpers } from 'rxjs/testing';
import type { DeadLettered, Settlement } from '../../../lib/rules/settlement.js';
import { settle } from '../../../streams/operators/settle.js';
import { publishOf } from '../../support/shorthand.js';
import { marbles } from '../../support/virtual-time.js';

const dead = (seq: number): DeadLettered => ({
  kind: 'dead-lettered',
  publish: publishOf(seq, 'nodash'),
  reason: 'malformed-name',
  detail: 'the name has no dash',
  attempts: 0,
  tookMs: 0,
});

const publish = publishOf(9, 'int1-open');
const notified: Settlement = {
  kind: 'notified',
  publish,
  message: {
    name: 'int1-open',
    integration: 'int1',
    message: 'open',
    body: { text: '' },
    publish,
    lifetimeMs: Number.POSITIVE_INFINITY,
  },
  attempts: 1,
  tookMs: 0,
};

const settlements = { a: dead(1), b: dead(2), n: notified };

describe('settle', () => {
  it('emits notified messages at once', () =>
    marbles(({ cold, expectObservable }) => {
      const source = cold<Settlement>('-n-n-|', settlements);
      const expected = '               -n-n-|';
      expectObservable(source.pipe(settle(() => cold('#')))).toBe(expected, settlements);
    }));

  it('emits a dead letter when it is stored, and lets others overtake it', () =>
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold<Settlement>('-a-b-n---|', settlements);
      const storeA = cold('             -----(s|)');
      const storeB = cold('               -(s|)');
      const subsA = '                  -^----!';
      const subsB = '                  ---^!';
      const expected = '               ----bna--|';
      const store = ({ publish: { seq } }: DeadLettered): Observable<unknown> =>
        seq === 1 ? storeA : storeB;
      expectObservable(source.pipe(settle(store))).toBe(expected, settlements);
      expectSubscriptions(storeA.subscriptions).toBe(subsA);
      expectSubscriptions(storeB.subscriptions).toBe(subsB);
    }));

  it('completes when the last dead letter is stored', () =>
    marbles(({ cold, expectObservable }) => {
      const source = cold<Settlement>('-a|', settlements);
      const expected = '               ----(a|)';
      expectObservable(source.pipe(settle(() => cold('---(s|)')))).toBe(expected, settlements);
    }));

  it('does not complete before all are stored, in any order', () =>
    marbles(({ cold, expectObservable }) => {
      const source = cold<Settlement>('-(abn)|', settlements);
      const writes = [cold('           -------(s|)'), cold('---(s|)')];
      const expected = '               -n--b---(a|)';
      const store = ({ publish: { seq } }: DeadLettered) => writes[seq - 1] ?? cold('#');
      expectObservable(source.pipe(settle(store))).toBe(expected, settlements);
    }));

  it('waits for the source even when all are stored', () =>
    marbles(({ cold, expectObservable }) => {
      const source = cold<Settlement>('a---b---|', settlements);
      const expected = '               -a---b--|';
      expectObservable(source.pipe(settle(() => cold('-(s|)')))).toBe(expected, settlements);
    }));

  it('emits a dead letter once, even if the store emits more', () =>
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold<Settlement>('-a-|', settlements);
      const store = cold('              --s-s-', settlements);
      const expected = '               ---(a|)';
      expectObservable(source.pipe(settle(() => store))).toBe(expected, settlements);
      expectSubscriptions(store.subscriptions).toBe('-^-!');
    }));

  it('holds nothing back if the store answers at once', () =>
    marbles(({ cold, expectObservable }) => {
      const source = cold<Settlement>('-a(nb)|', settlements);
      const expected = '               -a(nb)|';
      expectObservable(source.pipe(settle(() => of('stored')))).toBe(expected, settlements);
    }));

  it('stops writing, and the source, on unsubscribe', () =>
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold<Settlement>('-a-b-n---a-|', settlements);
      const storeA = cold('             -------(s|)');
      const storeB = cold('               -(s|)');
      const unsubscribed = '           ------!';
      const subsA = '                  -^----!';
      const subsB = '                  ---^!';
      const expected = '               ----bn';
      const store = ({ publish: { seq } }: DeadLettered) => (seq === 1 ? storeA : storeB);
      expectObservable(source.pipe(settle(store)), unsubscribed).toBe(expected, settlements);
      expectSubscriptions(source.subscriptions).toBe('^-----!');
      expectSubscriptions(storeA.subscriptions).toBe(subsA);
      expectSubscriptions(storeB.subscriptions).toBe(subsB);
    }));

  it('ends the other writes, and the source, at an error of the store', () =>
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold<Settlement>('-a-b-----n|', settlements);
      const storeA = cold('             -------(s|)');
      const storeB = cold('               --#');
      const expected = '               -----#';
      const store = ({ publish: { seq } }: DeadLettered) => (seq === 1 ? storeA : storeB);
      expectObservable(source.pipe(settle(store))).toBe(expected, settlements);
      expectSubscriptions(source.subscriptions).toBe('^----!');
      expectSubscriptions(storeA.subscriptions).toBe('-^---!');
    }));

  it('forwards errors of the source and of the store', () => {
    const failing = (source: string, store: string, expected: string) =>
      marbles(({ cold, expectObservable }: RunHelpers) =>
        expectObservable(cold<Settlement>(source, settlements).pipe(settle(() => cold(store)))).toBe(
          expected,
          settlements,
        ),
      );
    failing('-a-#   ', '---(s|)', '---#');
    failing('-a-----', '---#   ', '----#');
  });
});
