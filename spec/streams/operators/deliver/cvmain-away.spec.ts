import { rules } from '../../../support/marbles.js';

describe('deliver: cvmain is away', () => {
  it('makes no call until it serves again; then everything continues', () =>
    rules(({ publishes, cvmain, serves, probes, calls, settlements }) => {
      publishes('  abc--d--------|', { a: 'int1-a', b: 'int2-b', c: 'int1-c', d: 'int3-d' });
      cvmain({ a: '?              ' });
      serves('     --------3      ');
      probes('     ^-------!      ');
      calls({
        a: ['     (^!)           ', '--------(^!)'],
        b: '      --------(^!)   ',
        c: '      --------(^!)   ',
        d: '      --------(^!)   ',
      });
      settlements('--------(badc)|');
    }));

  it('probes one at a time, however many calls find it away', () =>
    rules(({ publishes, cvmain, serves, probes, settlements }) => {
      publishes('  abc------------|', { a: 'int1-a', b: 'int2-b', c: 'int3-c' });
      cvmain({
        a: '       ---?            ',
        b: '        ---?           ',
        c: '         ----?         ',
      });
      serves('        -------1       ');
      probes('     ---^------!       ');
      settlements('----------(abc)|');
    }));

  it('lets the calls in flight finish', () =>
    rules(({ publishes, cvmain, serves, settlements }) => {
      publishes('  ab---------|', { a: 'int1-a', b: 'int2-b' });
      cvmain({
        a: '       --?         ',
        b: '        ---+       ',
      });
      serves('       -----1      ');
      settlements('----b--a---|');
    }));

  it('ends the waits of retries when it is back', () =>
    rules(({ given, publishes, cvmain, serves, calls, settlements }) => {
      given({ retry: { baseMs: 1000, capMs: 1000 } });
      publishes('  ab------|', { a: 'int1-a', b: 'int2-b' });
      cvmain({
        a: '       -?       ',
        b: '        ~       ',
      });
      serves('      ---1      ');
      calls({
        a: ['     ^!         ', '----(^!)'],
        b: ['     -(^!)      ', '----(^!)'],
      });
      settlements('----(ab)|');
    }));

  it('waits as after a failure if the first probe succeeds: it was hardly away', () =>
    rules(({ given, publishes, cvmain, serves, settlements }) => {
      given({ retry: { baseMs: 6, capMs: 6 } });
      publishes('  ab-----|', { a: 'int1-a', b: 'int2-b' });
      cvmain({ a: '?       ' });
      serves('     --0     ');
      settlements('--b---a|');
    }));

  it('probes again when it is away again', () =>
    rules(({ publishes, cvmain, serves, probes, settlements }) => {
      publishes('  a-----------|', { a: 'int1-a' });
      cvmain({ a: ['?', '     ?'] });
      serves('     ---1         ', '---1');
      probes('     ^--!         ', '---^--!');
      settlements('------a-----|');
    }));

  it('is not probed after unsubscribing', () =>
    rules(({ publishes, cvmain, serves, probes, unsubscribes, settlements }) => {
      publishes('    a---------', { a: 'int1-a' });
      cvmain({ a: '  ?          ' });
      serves('       --------1  ');
      probes('       ^-----!    ');
      unsubscribes(' ^-----!    ');
      settlements('  ----------');
    }));

  it('lets messages expire in the meantime', () =>
    rules(({ given, publishes, cvmain, serves, calls, settlements }) => {
      given({ retry: { baseMs: 50, capMs: 50 } });
      publishes('  abc-------|', {
        a: { name: 'int1-a', expiresInMs: 5 },
        b: { name: 'int2-b', expiresInMs: 5 },
        c: { name: 'int2-c', expiresInMs: 6 },
      });
      cvmain({ a: '?          ' });
      serves('     ---------1 ');
      calls({ b: [], c: [] });
      settlements('-----ab-c-|', { a: 'expired', b: 'expired', c: 'expired' });
    }));
});
