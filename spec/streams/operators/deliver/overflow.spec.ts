import { rules } from '../../../support/marbles.js';
import type { Sent } from '../../../support/shorthand.js';

const qos0 = (name: string): Sent => ({ name, qos: 0 });

describe('deliver: messages of QoS 0', () => {
  it('wait up to a limit, as the broker does not keep them; beyond it they overflow', () =>
    rules(({ given, publishes, cvmain, settlements }) => {
      given({ maxWaitingQos0: 2 });
      publishes('  abcd-----|', {
        a: qos0('int1-a'),
        b: qos0('int1-b'),
        c: qos0('int1-c'),
        d: qos0('int2-d'),
      });
      cvmain({ a: '-----+   ' });
      settlements('--cd-(ab)|', { a: 'notified', b: 'notified', c: 'overflow', d: 'overflow' });
    }));

  it('have room again when others are settled, whatever the settlement', () =>
    rules(({ given, publishes, cvmain, settlements }) => {
      given({ maxWaitingQos0: 1 });
      publishes('  ab-c-d--e|', {
        a: qos0('int1-a'),
        b: qos0('int1-b'),
        c: qos0('vg:x-c'),
        d: qos0('int1-d'),
        e: qos0('int1-e'),
      });
      cvmain({ a: '--+', d: '--x' });
      settlements('-bac---de|', {
        a: 'notified',
        b: 'overflow',
        c: 'reserved-name',
        d: 'refused',
        e: 'notified',
      });
    }));

  it('do not count those of QoS 1: the broker limits them', () =>
    rules(({ given, publishes, cvmain, settlements }) => {
      given({ maxWaitingQos0: 1 });
      publishes('  abcde------|', {
        a: 'int1-a',
        b: 'int1-b',
        c: qos0('int1-c'),
        d: 'int1-d',
        e: qos0('int1-e'),
      });
      cvmain({ a: '-----+   ' });
      settlements('----e(abcd)|', { e: 'overflow' });
    }));
});
