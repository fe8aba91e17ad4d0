import { rules } from '../../../support/marbles.js';
import { endingInDetail, type Sent } from '../../../support/shorthand.js';

const dies = (name: string, expiresInMs: number): Sent => ({ name, expiresInMs });
const timesOut = (name: string, timeout: number) => ({ json: { function: name, timeout } });

describe('deliver: messages that expire', () => {
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

  it('expire while they wait for a slot', () =>
    rules(({ given, publishes, cvmain, calls, settlements }) => {
      given({ callsInFlight: 1 });
      publishes('  abc-------|', { a: 'int3-a', b: dies('int1-b', 4), c: timesOut('int2-c', 5) });
      cvmain({ a: '--------+ ' });
      calls({ a: ' ^-------!', b: [], c: [] });
      settlements('-----b-ca-|', { a: 'notified', b: 'expired', c: 'expired' });
    }));

  it('expire while they wait for the message before them', () =>
    rules(({ publishes, cvmain, calls, settlements }) => {
      publishes('  ab-------|', { a: 'int1-a', b: dies('int1-b', 4) });
      cvmain({ a: '-----+   ' });
      calls({ a: ' ^----!', b: [] });
      settlements('-----(ab)|', { a: 'notified', b: 'expired' });
    }));

  it('expire at the exact millisecond', () => {
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

  it('are expired at once if no time is left', () =>
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

  it('no longer expire once cvmain has them: a late answer counts', () =>
    rules(({ publishes, cvmain, settlements }) => {
      publishes('  a------|', { a: dies('int1-a', 3) });
      cvmain({ a: '-----+  ' });
      settlements('-----a-|', { a: 'notified' });
    }));

  it('age from their first receipt if they were received before', () =>
    rules(({ given, publishes, sets, settlements }) => {
      given({ holdUnregisteredMs: 100 });
      publishes('  ab---|', {
        a: { ...timesOut('int1-a', 5), arrivedAt: -2 },
        b: { name: 'int2-b', expiresInMs: 3, arrivedAt: -9 },
      });
      sets('       0-----1-', { 0: [], 1: ['int1', 'int2'] });
      settlements('-b-a-|', { a: 'expired, 0 calls, 5 ms', b: 'expired, 0 calls, 10 ms' }, endingInDetail);
    }));

  it('let the messages behind them go at that moment', () =>
    rules(({ given, publishes, sets, settlements }) => {
      given({ holdUnregisteredMs: 100 });
      publishes('  ab-----|', { a: dies('int1-a', 3), b: 'int1-b' });
      sets('       0----1--', { 0: [], 1: ['int1'] });
      settlements('---a-b-|', { a: 'expired', b: 'notified' });
    }));

  it('may have lifetimes beyond the longest timer of Node.js', () =>
    rules(({ publishes, sets, settlements }) => {
      const days = ' 3000000s ';
      publishes(`  a${days}-|`, { a: dies('int1-a', 2_999_999_999) });
      sets(`       -${days}1-`, { 1: ['int1'] });
      settlements('- 2999999998ms a--|', { a: 'expired' });
    }));

  it('may be held beyond the longest timer of Node.js', () =>
    rules(({ given, publishes, sets, calls, settlements }) => {
      given({ holdUnregisteredMs: 3_000_000_000 });
      const days = ' 2999999s ';
      publishes(`  a${days}--|`, { a: 'int1-a' });
      sets(`       0${days}1-`, { 0: [], 1: ['int1'] });
      calls({ a: ` -${days}(^!)` });
      settlements(`-${days}a-|`, { a: 'notified' });
    }));
});
