import { rules } from '../../../support/marbles.js';

describe('deliver: holding messages for apps that register late', () => {
  it('delivers when the app registers in time', () =>
    rules(({ publishes, sets, settlements }) => {
      publishes('  a-----|', { a: 'int1-open' });
      sets('       0--1---', { 0: [], 1: ['int1'] });
      settlements('---a--|', { a: 'notified' });
    }));

  it('gives up when it does not', () =>
    rules(({ given, publishes, sets, settlements }) => {
      given({ holdUnregisteredMs: 5 });
      publishes('  -a------|', { a: 'int1-open' });
      sets('       0-----1--', { 0: [], 1: ['int2'] });
      settlements('------a-|', { a: 'unregistered' });
    }));

  it('gives up at the exact millisecond, unless the app registers within it', () => {
    rules(({ given, publishes, sets, settlements }) => {
      given({ holdUnregisteredMs: 5 });
      publishes('  a------|', { a: 'int1-open' });
      sets('       0----1--', { 0: [], 1: ['int1'] });
      settlements('-----a-|', { a: 'notified' });
    });
    rules(({ given, publishes, sets, settlements }) => {
      given({ holdUnregisteredMs: 5 });
      publishes('  a------|', { a: 'int1-open' });
      sets('       0-----1-', { 0: [], 1: ['int1'] });
      settlements('-----a-|', { a: 'unregistered' });
    });
  });

  it('does not hold if the hold is 0', () =>
    rules(({ given, publishes, sets, settlements }) => {
      given({ holdUnregisteredMs: 0 });
      publishes('  -a---|', { a: 'int1-open' });
      sets('       0-----', { 0: [] });
      settlements('-a---|', { a: 'unregistered' });
    }));

  it('holds each message for the full time since its own receipt', () =>
    rules(({ given, publishes, sets, settlements }) => {
      given({ holdUnregisteredMs: 5 });
      publishes('  -a-b------|', { a: 'int1-a', b: 'int1-b' });
      sets('       0----------', { 0: [] });
      settlements('------a-b-|', { a: 'unregistered', b: 'unregistered' });
    }));

  it('delivers held messages first, in order, even if another arrives with the registration', () =>
    rules(({ publishes, sets, cvmain, settlements }) => {
      sets('       0---1-------', { 0: [], 1: ['int1'] });
      publishes('  -ab-c-------|', { a: 'int1-a', b: 'int1-b', c: 'int1-c' });
      cvmain({
        a: '            -+      ',
        b: '             -+     ',
        c: '              -+    ',
      });
      settlements('-----abc----|', { a: 'notified', b: 'notified', c: 'notified' });
    }));

  it('delivers what is held for one integration while it still waits for others', () =>
    rules(({ given, publishes, sets, settlements }) => {
      given({ holdUnregisteredMs: 8 });
      publishes('  abc---d---|', { a: 'int1-a', b: 'int2-b', c: 'int1-c', d: 'int1-d' });
      sets('       0---1------', { 0: [], 1: ['int2'] });
      settlements('----b---a-c---(d|)', {
        a: 'unregistered',
        b: 'notified',
        c: 'unregistered',
        d: 'unregistered',
      });
    }));

  it('restarts if the integration was registered in between', () =>
    rules(({ given, publishes, sets, settlements }) => {
      given({ holdUnregisteredMs: 3 });
      publishes('  a---b----|', { a: 'int1-a', b: 'int1-b' });
      sets('       0-12------', { 0: [], 1: ['int1'], 2: [] });
      settlements('--a----b-|', { a: 'notified', b: 'unregistered' });
    }));

  it('restarts if the integration was registered in between, even for messages that waited throughout', () =>
    rules(({ given, publishes, sets, cvmain, settlements }) => {
      given({ holdUnregisteredMs: 3 });
      sets('       0-1--2-------', { 0: [], 1: ['int1'], 2: [] });
      publishes('  ab----------|', { a: 'int1-a', b: 'int1-b' });
      cvmain({ a: '  ------+    ' });
      settlements('--------a--b|', { a: 'notified', b: 'unregistered' });
    }));

  it('holds a message that waited for something else from the moment its integration unregisters', () =>
    rules(({ given, publishes, sets, cvmain, calls, settlements }) => {
      given({ holdUnregisteredMs: 5 });
      sets('       0---1-----2--', { 0: ['int1'], 1: [], 2: ['int1'] });
      publishes('  ab----------|', { a: 'int1-a', b: 'int1-b' });
      cvmain({ a: ' ------+      ' });
      calls({ a: '  ^-----!      ', b: '----------(^!)' });
      settlements('------a---b-|', { a: 'notified', b: 'notified' });
    }));

  describe('the limit of held messages', () => {
    it('dead-letters new messages at once when the limit of held messages is reached', () =>
      rules(({ given, publishes, sets, settlements }) => {
        given({ maxHeld: 2, holdUnregisteredMs: 9 });
        publishes('  abc------|', { a: 'int1-a', b: 'int2-b', c: 'int3-c' });
        sets('       0----1----', { 0: [], 1: ['int1', 'int2', 'int3'] });
        settlements('--c--(ab)|', { a: 'notified', b: 'notified', c: 'unregistered' });
      }));

    it('holds again once there is room', () =>
      rules(({ given, publishes, sets, settlements }) => {
        given({ maxHeld: 1, holdUnregisteredMs: 4 });
        publishes('  a-bc--d----|', { a: 'int1-a', b: 'int1-b', c: 'int2-c', d: 'int2-d' });
        sets('       0--------1--', { 0: [], 1: ['int2'] });
        settlements('--bca----d-|', {
          a: 'unregistered',
          b: 'unregistered',
          c: 'unregistered',
          d: 'notified',
        });
      }));

    it('frees the places of messages that are delivered', () =>
      rules(({ given, publishes, sets, settlements }) => {
        given({ maxHeld: 2, holdUnregisteredMs: 9 });
        publishes('  ab----cd-e-----|', {
          a: 'int1-a',
          b: 'int1-b',
          c: 'int2-c',
          d: 'int2-d',
          e: 'int2-e',
        });
        sets('       0--1-------2----', { 0: [], 1: ['int1'], 2: ['int2'] });
        settlements('---(ab)--e-(cd)|', {
          a: 'notified',
          b: 'notified',
          c: 'notified',
          d: 'notified',
          e: 'unregistered',
        });
      }));

    it('dead-letters the newest if an integration disappears with many messages waiting', () =>
      rules(({ given, publishes, sets, cvmain, settlements }) => {
        given({ maxHeld: 1, holdUnregisteredMs: 9 });
        sets('       0-1-------2---', { 0: ['int1'], 1: [], 2: ['int1'] });
        publishes('  abcd---------|', { a: 'int1-a', b: 'int1-b', c: 'int1-c', d: 'int1-d' });
        cvmain({ a: '  ----+        ' });
        settlements('----(acd)-b--|', {
          a: 'notified',
          b: 'notified',
          c: 'unregistered',
          d: 'unregistered',
        });
      }));

    it('disables the hold if it is 0', () =>
      rules(({ given, publishes, sets, settlements }) => {
        given({ maxHeld: 0 });
        publishes('  -a-b-|', { a: 'int1-a', b: 'int1-b' });
        sets('       0-----', { 0: [] });
        settlements('-a-b-|', { a: 'unregistered', b: 'unregistered' });
      }));
  });
});
