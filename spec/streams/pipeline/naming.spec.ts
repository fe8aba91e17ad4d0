import { rules } from '../../support/marbles.js';

describe('pipeline: integration and message name', () => {
  it('takes the name from the topic level after the subscribed prefix', () =>
    rules(({ publishes, sends, settlements }) => {
      publishes('  a-b-----|', {
        a: { topic: 's2u/cv12345/int1-open' },
        b: { topic: 's2u/cv12345/int1-open/deeper/int2-close' },
      });
      sends('      a-b', {});
      settlements('a-b-----|', { a: 'notified', b: 'notified' });
    }));

  it('prefers the name in the envelope to the one in the topic', () =>
    rules(({ publishes, sets, settlements }) => {
      sets('       0--------', { 0: ['int1'] });
      publishes('  a-b-----|', {
        a: { name: 'int2-close', json: { function: 'int1-open' } },
        b: { name: 'int1-open', json: { function: 'int2-close' } },
      });
      settlements('a------b|', { a: 'notified', b: 'unregistered' });
    }));

  it('splits the name at its first dash', () =>
    rules(({ publishes, sets, settlements }) => {
      sets('       0----', { 0: ['my', 'int1-get'] });
      publishes('  a-b--|', { a: 'my-app-settings', b: 'my--x' });
      settlements('a-b--|', { a: 'notified', b: 'notified' });
    }));

  it('never finds an integration with a dash in its name', () =>
    rules(({ publishes, sets, settlements }) => {
      sets('       0------', { 0: ['my-app'] });
      publishes('  a------|', { a: 'my-app-settings' });
      settlements('-----a-|', { a: 'unregistered' });
    }));

  it('dead-letters a name that does not split', () =>
    rules(({ publishes, settlements }) => {
      publishes('  a-b-c-d-e|', {
        a: 'int1',
        b: '-open',
        c: 'int1-',
        d: { json: { function: 'door_opened' } },
        e: '',
      });
      settlements('a-b-c-d-e|', {
        a: 'malformed-name',
        b: 'malformed-name',
        c: 'malformed-name',
        d: 'malformed-name',
        e: 'malformed-name',
      });
    }));

  it('dead-letters a message without a name, or with a broken envelope', () =>
    rules(({ publishes, settlements }) => {
      publishes('  a-b-c-|', {
        a: { topic: 's2u/cv12345' },
        b: { name: 'int1-open', text: '' },
        c: { name: 'int1-open', json: { function: 'int1-open', timeout: 'soon' } },
      });
      settlements('a-b-c-|', { a: 'undecodable', b: 'undecodable', c: 'undecodable' });
    }));

  it('dead-letters a message whose topic is not subscribed, as from an earlier session', () =>
    rules(({ publishes, settlements }) => {
      publishes('  a-b-|', {
        a: { topic: 's2u/somebody-else/int1-open' },
        b: { topic: 's2u/somebody-else', json: { function: 'int1-open' } },
      });
      settlements('a-b-|', { a: 'unsubscribed', b: 'unsubscribed' });
    }));

  it('looks only where name_from says', () => {
    rules(({ given, publishes, settlements }) => {
      given({ nameFrom: 'payload' });
      publishes('  a-b-|', { a: 'int1-open', b: { json: { function: 'int1-open' } } });
      settlements('a-b-|', { a: 'undecodable', b: 'notified' });
    });
    rules(({ given, publishes, settlements }) => {
      given({ nameFrom: 'topic' });
      publishes('  a-b-|', { a: 'int1-open', b: { name: 'noname', json: { function: 'int1-open' } } });
      settlements('a-b-|', { a: 'notified', b: 'malformed-name' });
    });
  });

  it('dead-letters a message that does not fit an app’s buffer', () =>
    rules(({ publishes, calls, settlements }) => {
      publishes('  a-|', { a: { name: 'int1-open', text: 'x'.repeat(32_768) } });
      calls({ a: [] });
      settlements('a-|', { a: 'too-large' });
    }));
});
