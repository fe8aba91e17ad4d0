import { rules } from '../../../support/marbles.js';

const retry = { baseMs: 3, capMs: 3 };

describe('deliver: stop', () => {
  it('is immediate if no call is in flight; waiting messages stay unsettled', () =>
    rules(({ publishes, sets, stops, settlements }) => {
      publishes('  ab------', { a: 'int1-a', b: 'int2-b' });
      sets('       0---1---', { 0: [], 1: ['int1'] });
      stops('      --s-----');
      settlements('--|');
    }));

  it('lets calls in flight finish; messages behind them stay unsettled', () =>
    rules(({ publishes, cvmain, stops, calls, settlements }) => {
      publishes('  abc------', { a: 'int1-a', b: 'int2-b', c: 'int1-c' });
      cvmain({
        a: '       ----+    ',
        b: '        -----+  ',
      });
      stops('      ---s-----');
      calls({
        a: '       ^---!    ',
        b: '       -^----!  ',
        c: [],
      });
      settlements('----a-(b|)');
    }));

  it('lets calls in flight finish even if others wait for their slots', () =>
    rules(({ given, publishes, cvmain, stops, calls, settlements }) => {
      given({ callsInFlight: 1 });
      publishes('  abc------', { a: 'int1-a', b: 'int2-b', c: 'int3-c' });
      cvmain({ a: '----+    ' });
      stops('      --s------');
      calls({ b: [], c: [] });
      settlements('----(a|)');
    }));

  it('takes no more messages', () =>
    rules(({ publishes, cvmain, stops, calls, settlements }) => {
      publishes('  a---b----', { a: 'int1-a', b: 'int2-b' });
      cvmain({ a: '------+  ' });
      stops('      --s------');
      calls({ b: [] });
      settlements('------(a|)');
    }));

  it('settles no message that comes later, not even as overflow', () =>
    rules(({ given, publishes, sets, cvmain, stops, settlements }) => {
      given({ maxWaitingQos0: 1, maxHeld: 1 });
      sets('       0---------', { 0: ['int1'] });
      publishes('  abc---de--', {
        a: 'int1-a',
        b: { name: 'int1-b', qos: 0 },
        c: 'int2-c',
        d: { name: 'int1-d', qos: 0 },
        e: 'int2-e',
      });
      cvmain({ a: '--------+ ' });
      stops('      ----s-----');
      settlements('--------(a|)');
    }));

  it('settles no message that comes later, not even an undecodable one', () =>
    rules(({ publishes, cvmain, stops, writes, settlements }) => {
      publishes('  ab--c----', { b: 'nodash', c: 'nodash' });
      cvmain({ a: '------+  ' });
      stops('      --s------');
      writes({ b: '-(^!)', c: [] });
      settlements('-b----(a|)', { b: 'malformed-name' });
    }));

  it('finishes half-delivered messages, so that no target is notified twice', () =>
    rules(({ given, publishes, sets, cvmain, stops, sends, settlements }) => {
      given({ toExternal: true, callsInFlight: 1 });
      sets('       0--------', { 0: ['int1@10.0.0.1:6001', 'int2'] });
      publishes('  ab-------', { a: 'int1-a', b: 'int2-b' });
      cvmain({ a: ['---+', '   --+'] });
      stops('      --s------');
      sends('      x--y', { x: 'a to the notifier', y: 'a to 10.0.0.1:6001' });
      settlements('-----(a|)');
    }));

  it('does not retry: a message whose call fails stays unsettled', () =>
    rules(({ given, publishes, cvmain, stops, calls, settlements }) => {
      given({ retry });
      publishes('  ab-------', { a: 'int1-a', b: 'int2-b' });
      cvmain({
        a: '       ---~     ',
        b: '        ---?    ',
      });
      stops('      --s------');
      calls({ a: ' ^--!', b: '-^--!' });
      settlements('----|');
    }));

  it('does not wait for cvmain to come back', () =>
    rules(({ publishes, cvmain, stops, probes, settlements }) => {
      publishes('  ab-------', { a: 'int1-a', b: 'int2-b' });
      cvmain({ a: '?        ' });
      stops('      ---s-----');
      probes('     ^--!     ');
      settlements('---|');
    }));

  it('before the first message completes', () =>
    rules(({ publishes, stops, settlements }) => {
      publishes('  --a--');
      stops('      -s---');
      settlements('-|');
    }));
});
