import { rules } from '../../../support/marbles.js';
import { endingInDetail, type Sent } from '../../../support/shorthand.js';

const dies = (name: string, expiresInMs: number): Sent => ({ name, expiresInMs });
const timesOut = (name: string, timeout: number) => ({ json: { function: name, timeout } });

describe('deliver: messages that get too old', () => {
  it('expire while they wait for the first set', () =>
    rules(({ publishes, sets, settlements }) => {
      publishes('  ab------|', { a: dies('int1-a', 4), b: timesOut('int2-b', 5) });
      sets('       -------1-', { 1: ['int1', 'int2'] });
      settlements('----a-b-|', { a: 'expired', b: 'expired' });
    }));

  it('expire while they wait for a registration', () =>
    rules(({ given, publishes, sets, settlements }) => {
      given({ holdUnregisteredMs: 100 });
      publishes('  ab------|', { a: dies('int1-a', 4), b: timesOut('int2-b', 5) });
      sets('       0------1-', { 0: [], 1: ['int1', 'int2'] });
      settlements('----a-b-|', { a: 'expired', b: 'expired' });
    }));

  it('expire while they wait for a retry', () =>
    rules(({ given, publishes, cvmain, calls, settlements }) => {
      given({ retry: { baseMs: 100, capMs: 100 } });
      publishes('  ab------|', { a: dies('int1-a', 4), b: timesOut('int2-b', 5) });
      cvmain({ a: '~', b: '~' });
      calls({ a: ' (^!)', b: '-(^!)' });
      settlements('----a-b-|', { a: 'expired', b: 'expired' });
    }));

  it('expire while they wait for a place among the calls', () =>
    rules(({ given, publishes, cvmain, calls, settlements }) => {
      given({ callsInFlight: 1 });
      publishes('  abc-------|', { a: 'int3-a', b: dies('int1-b', 4), c: timesOut('int2-c', 5) });
      cvmain({ a: '--------+ ' });
      calls({ a: ' ^-------!', b: [], c: [] });
      settlements('-----b-ca-|', { a: 'notified', b: 'expired', c: 'expired' });
    }));

  it('expire while they wait for the one before them', () =>
    rules(({ publishes, cvmain, calls, settlements }) => {
      publishes('  ab-------|', { a: 'int1-a', b: dies('int1-b', 4) });
      cvmain({ a: '-----+   ' });
      calls({ a: ' ^----!', b: [] });
      settlements('-----(ab)|', { a: 'notified', b: 'expired' });
    }));

  it('expire at the very millisecond', () => {
    rules(({ publishes, sets, settlements }) => {
      publishes('  a---|', { a: dies('int1-a', 3) });
      sets('       ---1-', { 1: ['int1'] });
      settlements('---a|', { a: 'expired' });
    });
    rules(({ publishes, sets, settlements }) => {
      publishes('  a---|', { a: dies('int1-a', 3) });
      sets('       --1--', { 1: ['int1'] });
      settlements('--a-|', { a: 'notified' });
    });
  });

  it('are expired at once where nothing is left of their time', () =>
    rules(({ publishes, calls, settlements }) => {
      publishes('  ab-|', { a: dies('int1-a', 0), b: timesOut('int1-b', 0) });
      calls({ a: [], b: [] });
      settlements('ab-|', { a: 'expired', b: 'expired' });
    }));

  it('take the shorter of MQTT’s expiry and the envelope’s timeout', () =>
    rules(({ publishes, sets, settlements }) => {
      publishes('  (ab)---|', {
        a: { json: { function: 'int1-a', timeout: 3 }, expiresInMs: 5 },
        b: { json: { function: 'int2-b', timeout: 5 }, expiresInMs: 3 },
      });
      sets('       ----1---', { 1: ['int1', 'int2'] });
      settlements('---(ab)|', { a: 'expired', b: 'expired' });
    }));

  it('are not too old once cvmain has them: an answer that comes late counts', () =>
    rules(({ publishes, cvmain, settlements }) => {
      publishes('  a------|', { a: dies('int1-a', 3) });
      cvmain({ a: '-----+  ' });
      settlements('-----a-|', { a: 'notified' });
    }));

  it('have lived since their first receipt, where they were received before', () =>
    rules(({ given, publishes, sets, settlements }) => {
      given({ holdUnregisteredMs: 100 });
      publishes('  ab---|', {
        a: { ...timesOut('int1-a', 5), arrivedAt: -2 },
        b: { name: 'int2-b', expiresInMs: 3, arrivedAt: -9 },
      });
      sets('       0-----1-', { 0: [], 1: ['int1', 'int2'] });
      settlements('-b-a-|', { a: 'expired, 0 calls, 5 ms', b: 'expired, 0 calls, 10 ms' }, endingInDetail);
    }));

  it('let those behind them go first, and no later', () =>
    rules(({ given, publishes, sets, settlements }) => {
      given({ holdUnregisteredMs: 100 });
      publishes('  ab-----|', { a: dies('int1-a', 3), b: 'int1-b' });
      sets('       0----1--', { 0: [], 1: ['int1'] });
      settlements('---a-b-|', { a: 'expired', b: 'notified' });
    }));

  it('may live longer than Node’s timers run', () =>
    rules(({ publishes, sets, settlements }) => {
      const days = ' 3000000s ';
      publishes(`  a${days}-|`, { a: dies('int1-a', 2_999_999_999) });
      sets(`       -${days}1-`, { 1: ['int1'] });
      settlements('- 2999999998ms a--|', { a: 'expired' });
    }));

  it('may be held longer than Node’s timers run', () =>
    rules(({ given, publishes, sets, calls, settlements }) => {
      given({ holdUnregisteredMs: 3_000_000_000 });
      const days = ' 2999999s ';
      publishes(`  a${days}--|`, { a: 'int1-a' });
      sets(`       0${days}1-`, { 0: [], 1: ['int1'] });
      calls({ a: ` -${days}(^!)` });
      settlements(`-${days}a-|`, { a: 'notified' });
    }));
});
