import { rules } from '../../../support/marbles.js';

const given = { giveUpAfterMs: 6, retry: { baseMs: 2, capMs: 2 } };

describe('deliver: a message that cvmain always fails', () => {
  it('is given up after a while, if cvmain serves others meanwhile', () =>
    rules(({ given: set, publishes, cvmain, settlements }) => {
      set(given);
      publishes('  ab---c----|', { a: 'int1-a', b: 'int1-b', c: 'int2-c' });
      cvmain({ a: Array<string>(9).fill('~') });
      settlements('-----c(ab)|', { a: 'refused' });
    }));

  it('says for how long, and what cvmain said last', () =>
    rules(({ given: set, publishes, cvmain, settlements }) => {
      set(given);
      publishes('  a----c---|', { a: 'int1-a', c: 'int2-c' });
      cvmain({ a: Array<string>(9).fill('~') });
      const a =
        'cvmain answered with failures for 6 ms while it served others; the last one: failed by the test; 4 calls';
      settlements(
        '-----ca--|',
        { a, c: '; 1 calls' },
        (each) => `${'detail' in each ? each.detail : ''}; ${each.attempts} calls`,
      );
    }));

  it('is retried as long as cvmain serves nobody: the cause may be cvmain itself', () =>
    rules(({ given: set, publishes, cvmain, settlements }) => {
      set(given);
      publishes('  a-----------------|', { a: 'int1-a' });
      cvmain({ a: Array<string>(6).fill('~') });
      settlements('------------a-----|');
    }));

  it('does not count the time in which cvmain was away', () =>
    rules(({ given: set, publishes, cvmain, serves, settlements }) => {
      set({ ...given, giveUpAfterMs: 4 });
      publishes('  ab------c-d------|', { a: 'int1-a', b: 'int2-b', c: 'int2-c', d: 'int2-d' });
      cvmain({ a: ['~', '?', '~', '~', '~', '~'] });
      serves('       ------2           ');
      settlements('-b------c-d-a----|', { a: 'refused' });
    }));
});
