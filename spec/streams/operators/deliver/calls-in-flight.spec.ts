import { rules } from '../../../support/marbles.js';

const two = { callsInFlight: 2 };
const one = { callsInFlight: 1 };

describe('deliver: calls in flight', () => {
  it('are limited; the lane that has waited longest calls first', () =>
    rules(({ given, publishes, sets, cvmain, calls, settlements }) => {
      given(two);
      sets('       0-----------', { 0: ['int1', 'int2', 'int3', 'int4'] });
      publishes('  abcd-------|', { a: 'int1-a', b: 'int2-b', c: 'int3-c', d: 'int4-d' });
      cvmain({
        a: '       ----+       ',
        b: '        -----+     ',
        c: '           --+     ',
      });
      calls({
        a: '       ^---!       ',
        b: '       -^----!     ',
        c: '       ----^-!     ',
        d: '       ------(^!)  ',
      });
      settlements('----a-(bcd)|');
    }));

  it('take turns: an integration with many messages does not keep its slot', () =>
    rules(({ given, publishes, cvmain, calls, settlements }) => {
      given(one);
      publishes('  (abcd)-------|', { a: 'int1-a', b: 'int1-b', c: 'int2-c', d: 'int1-d' });
      cvmain({
        a: '       --+           ',
        b: '           --+       ',
        c: '         --+         ',
        d: '             --+     ',
      });
      calls({
        a: '       ^-!           ',
        b: '       ----^-!       ',
        c: '       --^-!         ',
        d: '       ------^-!     ',
      });
      settlements('--a-c-b-d----|');
    }));

  it('take turns between the two targets of a message, too', () =>
    rules(({ given, publishes, sets, cvmain, sends, settlements }) => {
      given({ ...one, toExternal: true });
      sets('       0-----------', { 0: ['int1@10.0.0.1:6001', 'int2'] });
      publishes('  ab---------|', { a: 'int1-a', b: 'int2-b' });
      cvmain({ a: ['--+', '----+'], b: '--+' });
      sends('      x-b-y', { x: 'a to the notifier', b: 'b to the notifier', y: 'a to 10.0.0.1:6001' });
      settlements('----b---a--|');
    }));

  it('pass a free slot on if the waiting lane no longer needs it', () =>
    rules(({ given, publishes, sets, cvmain, calls, settlements }) => {
      given({ ...one, holdUnregisteredMs: 20 });
      sets('       0-1----------2-|', { 0: ['int1', 'int2', 'int3'], 1: ['int1', 'int3'], 2: ['int2'] });
      publishes('  abc------------|', { a: 'int1-a', b: 'int2-b', c: 'int3-c' });
      cvmain({
        a: '       ----+           ',
        c: '           --+         ',
      });
      calls({
        a: '       ^---!           ',
        b: '       -------------(^!)',
        c: '       ----^-!         ',
      });
      settlements('----a-c------b-|');
    }));

  it('pass the slot on when the message that waited for it has expired', () =>
    rules(({ given, publishes, cvmain, settlements }) => {
      given(one);
      publishes('  abc-------|', { a: 'int1-a', b: { name: 'int2-b', expiresInMs: 4 }, c: 'int3-c' });
      cvmain({ a: '-----+    ' });
      settlements('-----(abc)|', { a: 'notified', b: 'expired', c: 'notified' });
    }));

  it('forget a message that expired while waiting for a slot, even if its integration waits again', () =>
    rules(({ given, publishes, cvmain, calls, settlements }) => {
      given(two);
      publishes('  abc--d----e------|', {
        a: 'int1-a',
        b: 'int3-b',
        c: { name: 'int2-c', expiresInMs: 2 },
        d: 'int2-d',
        e: 'int2-e',
      });
      cvmain({
        a: '       ---------+         ',
        b: '        --------+         ',
        d: '                ----+     ',
      });
      calls({
        c: [],
        d: '       ---------^---!     ',
        e: '       -------------(^!)  ',
      });
      settlements('----c----(ab)(de)|', { c: 'expired' });
    }));

  it('leave the slot of a failed call to others', () =>
    rules(({ given, publishes, cvmain, settlements }) => {
      given({ ...one, retry: { baseMs: 4, capMs: 4 } });
      publishes('  ab------|', { a: 'int1-a', b: 'int2-b' });
      cvmain({ a: '--~      ' });
      settlements('--b---a-|');
    }));
});
