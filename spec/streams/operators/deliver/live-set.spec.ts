import { rules } from '../../../support/marbles.js';

describe('deliver: the live set', () => {
  it('is never assumed to be empty: messages wait for the first one', () =>
    rules(({ publishes, sets, settlements }) => {
      publishes('  a-b----------|', { a: 'int1-a', b: 'int2-b' });
      sets('       ---------1----', { 1: ['int1', 'int2'] });
      settlements('---------(ab)|', { a: 'notified', b: 'notified' });
    }));

  it('starts holds only when it is known, with the first set', () =>
    rules(({ given, publishes, sets, settlements }) => {
      given({ holdUnregisteredMs: 5 });
      publishes('  a-------------|', { a: 'int1-a' });
      sets('       -------0-------', { 0: [] });
      settlements('------------a-|', { a: 'unregistered' });
    }));

  it('decides nothing before it is known, not even what does not depend on it', () =>
    rules(({ publishes, sets, settlements }) => {
      publishes('  a------|', { a: 'vg:upgrader-a' });
      sets('       ----0---', { 0: [] });
      settlements('----a--|', { a: 'reserved-name' });
    }));

  it('may change between two messages', () =>
    rules(({ given, publishes, sets, settlements }) => {
      given({ holdUnregisteredMs: 1 });
      sets('       0--1--2-----', { 0: ['int1'], 1: ['int2'], 2: ['int1', 'int2'] });
      publishes('  -a--b---cd--|', { a: 'int1-a', b: 'int1-b', c: 'int1-c', d: 'int2-d' });
      settlements('-a---b--cd--|', { a: 'notified', b: 'unregistered', c: 'notified', d: 'notified' });
    }));

  it('counts for a message of the same millisecond if it came first', () =>
    rules(({ publishes, sets, settlements }) => {
      sets('       0--1----', { 0: [], 1: ['int1'] });
      publishes('  ---a---|', { a: 'int1-a' });
      settlements('---a---|', { a: 'notified' });
    }));

  it('counts for a message of the same millisecond if it came second, as that message is held', () =>
    rules(({ publishes, sets, settlements }) => {
      publishes('  ---a---|', { a: 'int1-a' });
      sets('       0--1----', { 0: [], 1: ['int1'] });
      settlements('---a---|', { a: 'notified' });
    }));

  it('does not undo a call: an app that unregisters in the same millisecond, after the message, is still notified', () =>
    rules(({ publishes, sets, calls, settlements }) => {
      publishes('  ---a---|', { a: 'int1-a' });
      sets('       0--1----', { 0: ['int1'], 1: [] });
      calls({ a: '  ---(^!)' });
      settlements('---a---|', { a: 'notified' });
    }));

  it('is read again at each attempt: an app that unregisters while cvmain is away is not called', () =>
    rules(({ given, publishes, sets, cvmain, serves, calls, settlements }) => {
      given({ retry: { baseMs: 100, capMs: 100 }, holdUnregisteredMs: 5 });
      sets('       0---1----------', { 0: ['int1'], 1: [] });
      publishes('  -a------------|', { a: 'int1-a' });
      cvmain({ a: '  ?             ' });
      serves('       ------1       ');
      calls({ a: '  -(^!)          ' });
      settlements('------------a-|', { a: 'unregistered' });
    }));

  it('is read again after waiting for a slot', () =>
    rules(({ given, publishes, sets, cvmain, calls, settlements }) => {
      given({ callsInFlight: 1, holdUnregisteredMs: 2 });
      sets('       0---1--------', { 0: ['int1', 'int2'], 1: ['int1'] });
      publishes('  -ab---------|', { a: 'int1-a', b: 'int2-b' });
      cvmain({ a: '  ------+      ' });
      calls({ a: '  -^-----!      ', b: [] });
      settlements('-------a-b--|', { a: 'notified', b: 'unregistered' });
    }));

  it('gives the address: one that changes between two attempts applies to the second', () =>
    rules(({ given, publishes, sets, cvmain, sends, settlements }) => {
      given({ toExternal: true, viaNotifier: false, retry: { baseMs: 4, capMs: 4 } });
      sets('       0--1-----', { 0: ['int1@10.0.0.1:6001'], 1: ['int1@10.0.0.2:6002'] });
      publishes('  -a------|', { a: 'int1-a' });
      cvmain({ a: '  ~        ' });
      sends('      -x---y', { x: 'a to 10.0.0.1:6001', y: 'a to 10.0.0.2:6002' });
      settlements('-----a--|', { a: 'notified' });
    }));

  it('may complete: the last set stays', () =>
    rules(({ publishes, sets, settlements }) => {
      sets('       1|   ', { 1: ['int1'] });
      publishes('  ---a-|', { a: 'int1-a' });
      settlements('---a-|', { a: 'notified' });
    }));
});
