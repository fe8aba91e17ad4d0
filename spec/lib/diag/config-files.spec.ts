import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import fc from 'fast-check';
import { shownConfig } from '../../../lib/diag/config-files.js';
import { leftOf, rightOf } from '../../support/either.js';
import { root } from '../../support/imports.js';

const shown = (...args: Parameters<typeof shownConfig>): unknown =>
  JSON.parse(rightOf(shownConfig(...args)).join('\n'));

describe('shownConfig', () => {
  it('shows the fields of each file that cvmqtt reads', () => {
    const config = {
      local_server: { bind_addr: '127.0.0.1:7777' },
      notification_server: { bind_addr: ':0', send_addr: '127.0.0.1:5555' },
      mq: { external_integrations: true, msgs_via_notifier: false },
    };
    expect(shown('cvmain', `// ours\n${JSON.stringify(config)}`)).to.deep.equal(config);
    const settings = { keepalive_s: 60, mqtt_version: '5', reserved_integrations: ['vg:a'] };
    expect(shown('settings', JSON.stringify(settings))).to.deep.equal(settings);
    const apps = [{ name: 'int1', integration: { host: '127.0.0.1', port: 6001 } }, { name: 'int2' }];
    expect(shown('integrations', JSON.stringify(apps))).to.deep.equal(apps);
  });

  it('shows the address of the broker, the username, and whether there is a password', () => {
    const text = (password: string) =>
      JSON.stringify({ server_uri: 'tcp://h:1883/path?key=hush', username: 'cv12345', password });
    expect(shown('credentials', text('hush'))).to.deep.equal({
      server_uri: 'mqtt://h:1883',
      username: 'cv12345',
      password: '[removed]',
    });
    expect(shown('credentials', text(''))).to.include({ password: '' });
  });

  const hostile: Readonly<Record<string, Parameters<typeof shownConfig>>> = {
    'in an unknown field': ['cvmain', '{"wifi":{"psk":"hush"},"mq":{"hush":true}}'],
    'as the name of a field': ['settings', '{"hush":1}'],
    'in __proto__': ['cvmain', '{"__proto__":{"local_server":"hush"},"constructor":"hush"}'],
    'in place of an object': ['cvmain', '{"local_server":"hush","mq":["hush"]}'],
    'in place of a number': ['settings', '{"keepalive_s":"hush"}'],
    'in place of an address': ['cvmain', '{"local_server":{"bind_addr":"hush@127.0.0.1:7777"}}'],
    'in place of a list': ['integrations', '{"name":"hush"}'],
    'in a field of an app': ['integrations', '[{"name":"a","key":"hush","integration":{"host":"h/hush"}}]'],
    'in a username that is none': ['credentials', '{"username":"cv/hush","password":{"a":"hush"}}'],
    'as the login in an address': ['credentials', '{"server_uri":"mqtt://me:hush@h:1"}'],
    'in a comment': ['settings', '{/* hush */}'],
  };
  for (const [title, args] of Object.entries(hostile))
    it(`shows no secret ${title}`, () => expect(JSON.stringify(shown(...args))).to.not.contain('hush'));

  it('says how many other fields there are', () => {
    expect(shown('cvmain', '{"a":1,"b":2}')).to.deep.equal({ 'other fields': 2 });
  });

  it('quotes nothing of a file that is broken, and says whether it is cut off', () => {
    expect(leftOf(shownConfig('credentials', '{\n"password":"hush'))).to.equal(
      'is not JSON, line 2: it is empty or cut off',
    );
    const file = fc.constantFrom('cvmain', 'credentials', 'integrations', 'settings', 'ca');
    fc.assert(
      fc.property(file, fc.string(), fc.string(), (key, before, after) => {
        expect(JSON.stringify(shownConfig(key, `${before}hush${after}`))).to.not.contain('hush');
      }),
    );
  });

  it('shows whose certificates there are, and nothing else of the file', () => {
    expect(
      leftOf(shownConfig('ca', '-----BEGIN PRIVATE KEY-----\nhush\n-----END PRIVATE KEY-----')),
    ).to.equal('is not a certificate in PEM form');
    const pem = readFileSync(`${root}/spec/fixtures/authorities.pem`, 'utf8');
    const subjects = rightOf(shownConfig('ca', pem)).filter((line) => line.startsWith('subject'));
    expect(subjects).to.deep.equal([
      'subject O=cvmqtt test, CN=old',
      'subject O=cvmqtt test, CN=present',
      'subject O=cvmqtt test, CN=next',
      'subject without a name',
    ]);
  });
});
