import { rules } from '../../../support/marbles.js';
import { endingInDetail } from '../../../support/shorthand.js';

const both = { toExternal: true, viaNotifier: true, retry: { baseMs: 3, capMs: 3 } };
const int1 = { 0: ['int1@10.0.0.1:6001'] };
const x = 'a to the notifier';
const y = 'a to 10.0.0.1:6001';

describe('deliver: two targets', () => {
  it('are notified one after the other, the notifier first', () =>
    rules(({ given, publishes, sets, cvmain, calls, sends, settlements }) => {
      given(both);
      sets('       0------', int1);
      publishes('  a------|', { a: 'int1-a' });
      cvmain({
        a: ['        --+     ', '          --+   '],
      });
      calls({
        a: ['        ^-!     ', '        --^-!   '],
      });
      sends('      x-y', { x, y });
      settlements('----a--|', { a: 'notified, 2 calls, 4 ms' }, endingInDetail);
    }));

  it('are retried separately: a target that accepted is not notified twice', () =>
    rules(({ given, publishes, sets, cvmain, sends, settlements }) => {
      given(both);
      sets('       0--------', int1);
      publishes('  a--------|', { a: 'int1-a' });
      cvmain({
        a: ['        -+        ', '         -~       ', '             -+   '],
      });
      sends('      xy---z', { x, y, z: y });
      settlements('------a--|', { a: 'notified, 3 calls, 6 ms' }, endingInDetail);
    }));

  it('share one outcome: refused by the second is refused', () =>
    rules(({ given, publishes, sets, cvmain, settlements }) => {
      given(both);
      sets('       0------', int1);
      publishes('  a------|', { a: 'int1-a' });
      cvmain({ a: ['-+', ' -x'] });
      settlements('--a----|', { a: 'refused, 2 calls, 2 ms' }, endingInDetail);
    }));

  it('share one outcome: refused by the first is refused, and the second is not called', () =>
    rules(({ given, publishes, sets, cvmain, sends, settlements }) => {
      given(both);
      sets('       0------', int1);
      publishes('  a------|', { a: 'int1-a' });
      cvmain({ a: '-x' });
      sends('      x', { x });
      settlements('-a-----|', { a: 'refused' });
    }));

  it('become one if the address went away in between', () =>
    rules(({ given, publishes, sets, cvmain, sends, settlements }) => {
      given(both);
      sets('       0-1----', { ...int1, 1: ['int1'] });
      publishes('  a------|', { a: 'int1-a' });
      cvmain({ a: '----+   ' });
      sends('      x', { x });
      settlements('----a--|');
    }));

  it('are those of the last call: an integration that unregisters later changes nothing', () =>
    rules(({ given, publishes, sets, cvmain, sends, settlements }) => {
      given(both);
      sets('       0---1--', { ...int1, 1: [] });
      publishes('  a------|', { a: 'int1-a' });
      cvmain({ a: ['--+', '  ----+'] });
      sends('      x-y', { x, y });
      settlements('------a|');
    }));

  it('exclude one that had accepted it before it became a dead letter', () =>
    rules(({ given, publishes, sets, sends, settlements }) => {
      given(both);
      sets('       0------', int1);
      publishes('  a------|', { a: { name: 'int1-a', accepted: ['notifier'] } });
      sends('      y', { y });
      settlements('a------|', { a: 'notified, 1 calls, 0 ms' }, endingInDetail);
    }));

  it('are named in the dead letter if they had accepted it', () =>
    rules(({ given, publishes, sets, cvmain, settlements }) => {
      given(both);
      sets('       0------', int1);
      publishes('  a------|', { a: 'int1-a' });
      cvmain({ a: ['-+', ' -x'] });
      settlements('--a----|', { a: 'notifier: refused by the test; notifier had accepted it' }, (each) =>
        'detail' in each ? `${each.publish.accepted}: ${each.detail}` : '',
      );
    }));
});
