import { rules } from '../../support/marbles.js';

describe('pipeline: routes', () => {
  it('goes to the system notifier', () =>
    rules(({ publishes, sets, sends, settlements }) => {
      sets('       0---', { 0: ['int1', 'int2'] });
      publishes('  -ab-|', { a: 'int1-open', b: 'int2-open' });
      sends('      -ab', { a: 'a to the notifier', b: 'b to the notifier' });
      settlements('-ab-|', { a: 'notified', b: 'notified' });
    }));

  it('goes to the address of the integration if external_integrations is on and msgs_via_notifier off', () =>
    rules(({ given, publishes, sets, sends, settlements }) => {
      given({ toExternal: true, viaNotifier: false });
      sets('       0---', { 0: ['int1@127.0.0.1:6001', 'int2@10.0.0.2:6002'] });
      publishes('  -ab-|', { a: 'int1-open', b: 'int2-open' });
      sends('      -ab', { a: 'a to 127.0.0.1:6001', b: 'b to 10.0.0.2:6002' });
      settlements('-ab-|', { a: 'notified', b: 'notified' });
    }));

  it('goes to both, one after the other, if both are on', () =>
    rules(({ given, publishes, sets, cvmain, sends, settlements }) => {
      given({ toExternal: true, viaNotifier: true });
      sets('       0------', { 0: ['int1@127.0.0.1:6001'] });
      publishes('  -a-----|', { a: 'int1-open' });
      cvmain({ a: [' --+', '   --+'] });
      sends('      -x-y', { x: 'a to the notifier', y: 'a to 127.0.0.1:6001' });
      settlements('-----a-|', { a: 'notified' });
    }));

  it('goes to the notifier alone if the integration has no address', () =>
    rules(({ given, publishes, sets, sends, settlements }) => {
      given({ toExternal: true, viaNotifier: true });
      sets('       0---', { 0: ['int1'] });
      publishes('  -a--|', { a: 'int1-open' });
      sends('      -a', { a: 'a to the notifier' });
      settlements('-a--|', { a: 'notified' });
    }));

  it('does not use an address while external_integrations is off', () =>
    rules(({ given, publishes, sets, sends, settlements }) => {
      given({ toExternal: false, viaNotifier: true });
      sets('       0---', { 0: ['int1@127.0.0.1:6001'] });
      publishes('  -a--|', { a: 'int1-open' });
      sends('      -a', { a: 'a to the notifier' });
      settlements('-a--|', { a: 'notified' });
    }));

  it('goes nowhere if both are off, registered or not, and is not held', () =>
    rules(({ given, publishes, sets, calls, settlements }) => {
      given({ toExternal: false, viaNotifier: false });
      sets('       0---', { 0: ['int1@127.0.0.1:6001'] });
      publishes('  -ab-|', { a: 'int1-open', b: 'nobody-open' });
      calls({ a: [], b: [] });
      settlements('-ab-|', { a: 'delivery-disabled', b: 'delivery-disabled' });
    }));

  it('goes nowhere if only addresses are used and the integration has none', () =>
    rules(({ given, publishes, sets, calls, settlements }) => {
      given({ toExternal: true, viaNotifier: false });
      sets('       0---', { 0: ['int1'] });
      publishes('  -a--|', { a: 'int1-open' });
      calls({ a: [] });
      settlements('-a--|', { a: 'delivery-disabled' });
    }));

  it('holds a message for an unregistered integration, then dead-letters it', () =>
    rules(({ given, publishes, sets, settlements }) => {
      given({ holdUnregisteredMs: 5 });
      sets('       0--------', { 0: ['int2'] });
      publishes('  -a-------|', { a: 'int1-open' });
      settlements('------a--|', { a: 'unregistered' });
    }));

  it('knows integrations by their exact name', () =>
    rules(({ given, publishes, sets, settlements }) => {
      given({ holdUnregisteredMs: 1 });
      sets('       0-------', { 0: ['int1'] });
      publishes('  -a-b-c--|', { a: 'INT1-open', b: 'int-1', c: { topic: 's2u/cv12345/ int1-open' } });
      settlements('--a-b-c-|', { a: 'unregistered', b: 'unregistered', c: 'unregistered' });
    }));

  describe('reserved names (vg:)', () => {
    it('get nothing, even if an app has registered one', () =>
      rules(({ publishes, sets, calls, settlements }) => {
        sets('       0---', { 0: ['vg:upgrader', 'vg:'] });
        publishes('  -ab-|', { a: 'vg:upgrader-get-settings', b: 'vg:-x' });
        calls({ a: [], b: [] });
        settlements('-ab-|', { a: 'reserved-name', b: 'reserved-name' });
      }));

    it('are not even held: registering would not help', () =>
      rules(({ publishes, sets, settlements }) => {
        sets('       0---', { 0: [] });
        publishes('  -a--|', { a: 'vg:upgrader-get-settings' });
        settlements('-a--|', { a: 'reserved-name' });
      }));

    it('are integrations like others once they are on the allow list', () =>
      rules(({ given, publishes, sets, settlements }) => {
        given({ reservedIntegrations: ['vg:upgrader'] });
        sets('       0--1-----', { 0: [], 1: ['vg:upgrader'] });
        publishes('  -a------b|', { a: 'vg:upgrader-get-settings', b: 'vg:other-get-settings' });
        settlements('---a----b|', { a: 'notified', b: 'reserved-name' });
      }));

    it('are those that start with vg:, and no others', () =>
      rules(({ publishes, sets, settlements }) => {
        sets('       0----', { 0: ['vg', 'VG:upgrader', 'int:vg:'] });
        publishes('  -abc-|', { a: 'vg-x', b: 'VG:upgrader-x', c: 'int:vg:-x' });
        settlements('-abc-|', { a: 'notified', b: 'notified', c: 'notified' });
      }));
  });
});
