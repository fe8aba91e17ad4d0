import fc from 'fast-check';
import { type Happening, LaneModel } from '../../../support/lane-model.js';

const happening: fc.Arbitrary<Happening> = fc.oneof(
  { weight: 8, arbitrary: fc.constant({ do: 'arrive' } as const) },
  { weight: 8, arbitrary: fc.constant({ do: 'turn' } as const) },
  { weight: 4, arbitrary: fc.constant({ do: 'must-spool' } as const) },
  { weight: 1, arbitrary: fc.constantFrom({ do: 'crash' } as const, { do: 'back' } as const) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('answer' as const),
      outcome: fc.constantFrom('accepted' as const, 'accepted' as const, 'failed' as const, 'away' as const),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({ do: fc.constantFrom('write' as const, 'read' as const), works: fc.boolean() }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('set' as const),
      to: fc.constantFrom(
        'unknown' as const,
        'registered' as const,
        'registered' as const,
        'unregistered' as const,
      ),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('slot' as const), free: fc.boolean() }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('pass' as const), ms: fc.constantFrom(1, 300, 20_000) }),
  },
);

describe('a lane', () => {
  it('keeps the order, with the spool at the front, through failures and crashes', () => {
    fc.assert(
      fc.property(fc.array(happening, { maxLength: 100, size: 'max' }), (happenings) => {
        const model = new LaneModel();
        for (const each of happenings) model.happen(each);
        model.calm();
      }),
      { numRuns: 500 },
    );
  });
});
