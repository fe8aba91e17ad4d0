import { expect } from 'chai';
import fc from 'fast-check';
import { parseCvmainConfig } from '../../../lib/config/cvmain-config.js';
import { leftOf, rightOf } from '../../support/either.js';

const defaults = { address: '127.0.0.1:7777', viaNotifier: true, toExternal: false };

describe('parseCvmainConfig', () => {
  it('reads a file like the vendor’s example: comments, trailing commas, other fields', () => {
    const text = `{
      // The server for business logic.
      "local_server": { "bind_addr": "127.0.0.1:7000", },
      "notification_server": { "bind_addr": "127.0.0.1:5554", "send_addr": "127.0.0.1:5555" },
      /* Messaging. */
      "mq": { "external_integrations": true, "msgs_via_notifier": false, },
    }`;
    expect(rightOf(parseCvmainConfig(text))).to.deep.equal({
      address: '127.0.0.1:7000',
      viaNotifier: false,
      toExternal: true,
    });
  });

  const below = '{"local_server": {"bind_addr": "h:1"}, "mq": {"msgs_via_notifier": false}}';
  for (const text of [
    '{}',
    '{"local_server": {}, "mq": {}}',
    '{"other": 1}',
    `{"__proto__": ${below}, "constructor": ${below}}`,
    '{"mq": {"__proto__": {"external_integrations": true}}}',
  ]) {
    it(`uses the vendor’s default for a missing field: ${text}`, () => {
      expect(rightOf(parseCvmainConfig(text))).to.deep.equal(defaults);
    });
  }

  describe('reaches on loopback a server that is bound to all addresses:', () => {
    const addresses: readonly [string, string][] = [
      ['0.0.0.0:7777', '127.0.0.1:7777'],
      [':7777', '127.0.0.1:7777'],
      ['[::]:7777', '[::1]:7777'],
      ['[::0]:7777', '[::1]:7777'],
      ['[0:0:0:0:0:0:0:0]:7777', '[::1]:7777'],
    ];
    for (const [bound, address] of addresses) {
      it(`${bound} as ${address}`, () => {
        const text = JSON.stringify({ local_server: { bind_addr: bound } });
        expect(rightOf(parseCvmainConfig(text))).to.have.property('address', address);
      });
    }
  });

  for (const address of [
    '10.0.0.0:7777',
    '[::1]:7777',
    '[fe80::10]:1',
    'localhost:65535',
    'hub-1.local:7777',
  ]) {
    it(`reaches a server that is bound to one address at that address: ${address}`, () => {
      const text = JSON.stringify({ local_server: { bind_addr: address } });
      expect(rightOf(parseCvmainConfig(text))).to.have.property('address', address);
    });
  }

  describe('refuses, and names the field:', () => {
    const noAddress = 'field local_server.bind_addr: expected an address such as 127.0.0.1:7777, found a';
    const wrong: readonly [string, string][] = [
      ['[]', 'expected an object, found an array'],
      ['null', 'expected an object, found null'],
      ['{"local_server": "127.0.0.1:7777"}', 'field local_server: expected an object, found a string'],
      ['{"local_server": {"bind_addr": 7777}}', `${noAddress} number`],
      ...[
        '127.0.0.1',
        '127.0.0.1:',
        'a b:7777',
        '::1:7777',
        'x:99999',
        'x:65536',
        'x:0',
        'x:-1',
        'http://x:1',
      ].map((address): [string, string] => [
        JSON.stringify({ local_server: { bind_addr: address } }),
        `${noAddress} string`,
      ]),
      ['{"mq": true}', 'field mq: expected an object, found a boolean'],
      [
        '{"mq": {"external_integrations": "true"}}',
        'field mq.external_integrations: expected boolean, found a string',
      ],
      ['{"mq": {"msgs_via_notifier": 1}}', 'field mq.msgs_via_notifier: expected boolean, found a number'],
      ['{\n"mq": {\n"msgs_via_notifier": yes}}', 'is not JSON, line 3'],
      ['', 'is not JSON, line 1'],
    ];
    for (const [text, detail] of wrong) {
      it(text === '' ? 'an empty file' : text, () => {
        expect(leftOf(parseCvmainConfig(text))).to.equal(detail);
      });
    }
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.json()), (text) => {
        parseCvmainConfig(text);
      }),
    );
  });
});
