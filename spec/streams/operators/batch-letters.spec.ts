import { expect } from 'chai';
import { NEVER, type Observable } from 'rxjs';
import type { DeadLettered, Settlement } from '../../../lib/rules/settlement.js';
import {
  type BatchLettersDeps,
  batchLetters,
  flushRate,
  mayWaitOf,
} from '../../../streams/operators/batch-letters.js';
import { settlements } from '../../support/events.js';
import { publishOf } from '../../support/shorthand.js';
import { marbles } from '../../support/virtual-time.js';

const dead = (seq: number): DeadLettered => ({
  kind: 'dead-lettered',
  publish: publishOf(seq, 'nodash'),
  reason: 'malformed-name',
  detail: `${seq}`,
  attempts: 0,
  tookMs: 0,
});
const values: Readonly<Record<string, Settlement>> = {
  a: dead(1),
  b: dead(2),
  c: dead(3),
  d: dead(4),
  n: settlements('int1-open').notified,
};

describe('batchLetters', () => {
  const test = (
    deps: Partial<BatchLettersDeps>,
    source: string,
    expected: string,
    stop: string | undefined = undefined,
  ) =>
    marbles(({ cold, expectObservable }, scheduler) => {
      const stop$: Observable<unknown> = stop === undefined ? NEVER : cold(stop);
      const batched = batchLetters({
        rate: { burst: 1, everyMs: 100 },
        mayWait: () => 100,
        stop$,
        scheduler,
        ...deps,
      });
      expectObservable(cold<Settlement>(source, values).pipe(batched)).toBe(expected, values);
    });

  it('passes the first letters on at once, and gathers those above the rate until the next flush', () => {
    test({}, '        a 29ms b 29ms c 29ms d', 'a 99ms (bcd)');
    test({ rate: { burst: 2, everyMs: 100 } }, 'a 29ms b 29ms c 29ms d', 'a 29ms b 69ms (cd)');
  });

  it('writes letters that come together in one flush', () => {
    test({}, 'a 9ms b 29ms c', 'a 9ms b 89ms c');
  });

  it('regains its full rate after a quiet time', () => {
    test({}, 'a 29ms b 999ms c 999ms d', 'a 99ms b 929ms c 999ms d');
  });

  it('lets all other settlements overtake', () => {
    test({}, 'a 29ms b n 9ms n', 'a 30ms n 9ms n 58ms b');
  });

  it('flushes early when enough settlements wait behind', () => {
    test({ mayWait: () => 3 }, 'a 29ms b n 9ms n', 'a 30ms n 9ms (nb)');
    test({ mayWait: () => 3 }, 'a 29ms b c 9ms d', 'a 40ms (bcd)');
    test({ mayWait: () => 1 }, 'a 29ms b 29ms c 9ms d', 'a 29ms b 29ms c 9ms d');
  });

  it('flushes at a stop', () => {
    test({}, 'a 29ms b 29ms c 29ms d', 'a 49ms b 9ms c 29ms d', '50ms s');
  });

  it('flushes when the source ends', () => {
    test({}, 'a 29ms b 9ms |', 'a 39ms (b|)');
    test({}, 'a 29ms b 9ms #', 'a 39ms (b#)');
  });

  it('holds back only a small part of what the broker may have in flight', () => {
    expect([mayWaitOf(256, 5), mayWaitOf(256, 4)]).to.deep.equal([64, 8]);
    expect([mayWaitOf(1, 5), mayWaitOf(1, 4), mayWaitOf(20, 4)]).to.deep.equal([1, 1, 5]);
  });

  it('holds no letter back for as long as brokers wait before they resend (EMQX, NATS: 30 s)', () => {
    expect(flushRate.everyMs).to.be.at.most(5_000);
  });
});
