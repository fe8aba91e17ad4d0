import { rules } from '../../support/marbles.js';

describe('deliver: begin and end', () => {
  it('completes when the source has and nothing waits', () =>
    rules(({ given, publishes, sets, cvmain, settlements }) => {
      given({ holdUnregisteredMs: 7 });
      sets('       0---------', { 0: ['int1'] });
      publishes('  ab|', { a: 'int1-a', b: 'int2-b' });
      cvmain({ a: '----+' });
      settlements('----a---(b|)', { a: 'notified', b: 'unregistered' });
    }));

  it('completes with an empty source', () =>
    rules(({ publishes, settlements }) => {
      publishes('  ---|');
      settlements('---|');
    }));

  it('waits on with a source that has not completed', () =>
    rules(({ publishes, settlements }) => {
      publishes('  -a--');
      settlements('-a--');
    }));

  it('passes an error of the source on, and cancels what is in flight', () =>
    rules(({ publishes, cvmain, calls, settlements }) => {
      publishes('  a--#');
      cvmain({ a: '------+' });
      calls({ a: ' ^--!' });
      settlements('---#');
    }));

  it('passes an error of a call on: it is a bug, as failures are answers', () =>
    rules(({ publishes, cvmain, settlements }) => {
      publishes('  a--b--');
      cvmain({ a: '--#' });
      settlements('--#');
    }));

  it('cancels the calls in flight when nobody listens any more, and makes none after', () =>
    rules(({ given, publishes, cvmain, calls, unsubscribes, settlements }) => {
      given({ retry: { baseMs: 5, capMs: 5 } });
      publishes('    abcd--------', { a: 'int1-a', b: 'int2-b', c: 'int1-c', d: 'int3-d' });
      cvmain({
        a: '         ---------+     ',
        b: '          ---------+    ',
        d: '            ~           ',
      });
      calls({
        a: '         ^----!         ',
        b: '         -^---!         ',
        c: [],
        d: '         ---(^!)        ',
      });
      unsubscribes(' ^----!         ');
      settlements('  ------         ');
    }));

  it('takes one answer a call, and no interest in more', () =>
    rules(({ publishes, cvmain, calls, settlements }) => {
      publishes('  a--------|', { a: 'int1-a' });
      cvmain({ a: '--+--x--~ ' });
      calls({ a: ' ^-! ' });
      settlements('--a------|');
    }));
});
