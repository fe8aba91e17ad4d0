import { assert } from 'chai';
import fc from 'fast-check';
import { backoffMs } from '../../../lib/util/backoff.js';

const retry = { baseMs: 100, capMs: 5000 };

describe('backoffMs', () => {
  it('doubles the longest wait, up to the cap', () =>
    assert.deepEqual(
      [0, 1, 2, 5, 6, 7, 1000].map((failures) => backoffMs(retry, failures, () => 1)),
      [100, 200, 400, 3200, 5000, 5000, 5000],
    ));

  it('picks a random wait from 0 up to that: full jitter', () => {
    assert.equal(
      backoffMs(retry, 2, () => 0),
      0,
    );
    assert.equal(
      backoffMs(retry, 2, () => 0.5),
      200,
    );
  });

  it('stays within its bounds, in whole ms, after any number of failures', () => {
    const anyRetry = fc.record({ baseMs: fc.nat(), capMs: fc.nat() });
    fc.assert(
      fc.property(
        anyRetry,
        fc.nat(),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (each, failures, chance) => {
          const ms = backoffMs(each, failures, () => chance);
          assert.isTrue(Number.isInteger(ms));
          assert.isAtLeast(ms, 0);
          assert.isAtMost(ms, each.capMs);
          if (failures === 0) assert.isAtMost(ms, each.baseMs);
        },
      ),
    );
  });
});
