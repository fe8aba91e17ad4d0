import { rules } from '../../../support/marbles.js';

describe('deliver: order', () => {
  it('holds within an integration: one call at a time, in order of receipt', () =>
    rules(({ publishes, cvmain, calls, settlements }) => {
      publishes('  abc--------|', { a: 'int1-a', b: 'int1-b', c: 'int1-c' });
      cvmain({
        a: '       ----+       ',
        b: '           --+     ',
        c: '             -+    ',
      });
      calls({
        a: '       ^---!       ',
        b: '       ----^-!     ',
        c: '       ------^!    ',
      });
      settlements('----a-bc---|');
    }));

  it('does not hold across integrations: one hangs, others go on', () =>
    rules(({ publishes, cvmain, calls, settlements }) => {
      publishes('  abcdef----', {
        a: 'int1-a',
        b: 'int2-b',
        c: 'int1-c',
        d: 'int2-d',
        e: 'int3-e',
        f: 'int2-f',
      });
      cvmain({ a: '----------' });
      calls({
        a: '       ^---------',
        b: '       -(^!)     ',
        c: [],
      });
      settlements('-b-def----');
    }));

  it('holds through retries: later messages wait for the retried one', () =>
    rules(({ given, publishes, cvmain, settlements }) => {
      given({ retry: { baseMs: 3, capMs: 3 } });
      publishes('  ab--c--------|', { a: 'int1-a', b: 'int1-b', c: 'int2-c' });
      cvmain({
        a: ['        ~          ', '           ~       '],
      });
      settlements('----c-(ab)---|');
    }));

  it('holds through a refusal', () =>
    rules(({ publishes, cvmain, settlements }) => {
      publishes('  ab----|', { a: 'int1-a', b: 'int1-b' });
      cvmain({ a: '--x    ' });
      settlements('--(ab)|', { a: 'refused', b: 'notified' });
    }));
});
