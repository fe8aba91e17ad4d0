import { expect } from 'chai';
import fc from 'fast-check';
import { playSpool } from '../../support/spool-world.js';

describe('the spool: writes that fail', () => {
  it('are not overtaken by a next one that would succeed', () => {
    for (const failingWrites of [[0], [1], [0, 1], [0, 2, 3]]) {
      const { accepted, spool } = playSpool({
        messages: Array<string>(60).fill('int1'),
        registered: ['int1'],
        window: 20,
        untilMs: 3_600_000,
        failingWrites,
        answer: (_to, nth) => ({ afterMs: nth === 0 ? 4_000 : 5, kind: 'accepted' }),
      });
      const numbers = (all: readonly string[]): number[] => all.map((each) => Number(each.split(' ')[1]));
      expect(numbers(accepted.map(({ what }) => what))).to.deep.equal(
        Array.from({ length: 60 }, (_, n) => n),
      );
      const written = numbers(spool.written);
      expect(written).to.deep.equal([...written].sort((one, other) => one - other));
      expect(spool.unsettled.size).to.equal(0);
    }
  });

  it('leave each message accepted once, in order for each app, whichever of them fail', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('int1', 'int2'), { minLength: 30, maxLength: 120, size: 'max' }),
        fc.array(fc.nat(40)),
        fc.constantFrom(10, 25, 1_000),
        fc.integer({ min: 1, max: 40 }),
        (messages, failingWrites, room, window) => {
          const { accepted, left } = playSpool({
            messages,
            registered: ['int1', 'int2'],
            window,
            room,
            failingWrites,
            untilMs: 36_000_000,
            answer: (to, nth) => ({ afterMs: to === 'int1' && nth % 9 === 0 ? 3_000 : 5, kind: 'accepted' }),
          });
          expect(left).to.equal(0);
          for (const app of ['int1', 'int2'])
            expect(
              accepted.filter(({ integration }) => integration === app).map(({ what }) => what),
            ).to.deep.equal(messages.flatMap((each, n) => (each === app ? [`${app} ${n}`] : [])));
        },
      ),
      { numRuns: 100 },
    );
  });
});
