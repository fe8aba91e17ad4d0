import { expect } from 'chai';
import fc from 'fast-check';
import * as E from 'fp-ts/lib/Either.js';
import { parseBrokerAddress, showBrokerAddress } from '../../../lib/config/broker-address.js';
import { leftOf, rightOf } from '../../support/either.js';

describe('parseBrokerAddress', () => {
  const schemes = [
    ['tcp', 'mqtt', 1883],
    ['mqtt', 'mqtt', 1883],
    ['mqtts', 'mqtts', 8883],
    ['ssl', 'mqtts', 8883],
    ['tls', 'mqtts', 8883],
    ['ws', 'ws', 80],
    ['wss', 'wss', 443],
  ] as const;
  for (const [scheme, protocol, port] of schemes) {
    it(`reads ${scheme}:// as ${protocol}, with the default port ${port}`, () => {
      const expected = { protocol, host: 'broker.example', port, path: '/' };
      expect(rightOf(parseBrokerAddress(`${scheme}://broker.example`))).to.deep.equal(expected);
      const own = rightOf(parseBrokerAddress(`${scheme}://broker.example:2883`));
      expect(own).to.deep.equal({ ...expected, port: 2883 });
    });
  }

  const addresses: readonly [string, object][] = [
    ['MQTTS://Broker.Example', { protocol: 'mqtts', host: 'broker.example' }],
    ['mqtt://10.0.0.1:1883', { host: '10.0.0.1', port: 1883 }],
    ['mqtt://[::1]', { host: '::1', port: 1883 }],
    ['mqtt://[fe80::1]:2883', { host: 'fe80::1', port: 2883 }],
    ['mqtt://broker.example:80', { port: 80 }],
    ['wss://broker.example:80/', { port: 80 }],
    ['wss://broker.example:443', { port: 443 }],
    ['mqtt://broker.example:', { port: 1883 }],
    ['mqtt://broker.example:2883/', { port: 2883, path: '/' }],
    ['mqtt://broker.example:65535', { port: 65_535 }],
    ['wss://broker.example/mqtt', { port: 443, path: '/mqtt' }],
    ['wss://broker.example/mqtt/a?b=c:d@e', { path: '/mqtt/a?b=c:d@e' }],
    ['ws://broker.example?a=b', { port: 80, path: '/?a=b' }],
    ['wss://broker.example/mqtt#fragment', { path: '/mqtt' }],
    // Characters that the URL parser strips must not change the port.
    ['mqtt://broker.example:2883 ', { host: 'broker.example', port: 2883 }],
    ['mqtt://broker.example:28\t83', { port: 2883 }],
    ['mqtt://broker.example:02883', { port: 2883 }],
    ['mqtt://broker.example\\path:2883', { host: 'broker.example', port: 1883 }],
  ];
  for (const [uri, expected] of addresses) {
    it(`reads ${JSON.stringify(uri)}`, () => {
      expect(rightOf(parseBrokerAddress(uri))).to.include(expected);
    });
  }

  const wrong: readonly [string, string][] = [
    ['', 'is not an address such as mqtts://host:8883'],
    ['broker.example', 'is not an address such as mqtts://host:8883'],
    ['broker.example:1883', 'is not an address such as mqtts://host:8883'],
    ['//broker.example', 'is not an address such as mqtts://host:8883'],
    ['mqtt:broker.example', 'is not an address such as mqtts://host:8883'],
    [' mqtt://broker.example', 'is not an address such as mqtts://host:8883'],
    [
      'mqtt+ssl://broker.example',
      'has the unknown scheme "mqtt+ssl://" (known: tcp, mqtt, mqtts, ssl, tls, ws, wss)',
    ],
    [
      'http://broker.example',
      'has the unknown scheme "http://" (known: tcp, mqtt, mqtts, ssl, tls, ws, wss)',
    ],
    [
      `${'long'.repeat(10)}://broker.example`,
      'has the unknown scheme "longlonglonglonglong//" (known: tcp, mqtt, mqtts, ssl, tls, ws, wss)',
    ],
    ['mqtt://', 'has no valid host and port'],
    ['mqtt://:1883', 'has no valid host and port'],
    ['mqtt://broker example', 'has no valid host and port'],
    ['mqtt://broker.example:0', 'has no valid host and port'],
    ['mqtt://broker.example:65536', 'has no valid host and port'],
    ['mqtt://broker.example:port', 'has no valid host and port'],
    ['mqtt://[::1', 'has no valid host and port'],
    ['mqtt://user:pass@broker.example', 'holds a login'],
    ['mqtt://user@broker.example', 'holds a login'],
    ['mqtt://:pass@broker.example', 'holds a login'],
  ];
  for (const [uri, detail] of wrong) {
    it(`refuses ${JSON.stringify(uri)}: it ${detail}`, () => {
      expect(leftOf(parseBrokerAddress(uri))).to.equal(detail);
    });
  }

  it('never throws, and gives a usable address', () => {
    const anything = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.webUrl(),
      fc
        .tuple(fc.constantFrom(...schemes), fc.string({ unit: 'grapheme' }))
        .map(([[scheme], rest]) => `${scheme}://${rest}`),
    );
    fc.assert(
      fc.property(anything, (uri) => {
        const parsed = parseBrokerAddress(uri);
        if (E.isLeft(parsed)) return;
        expect(parsed.right.host).to.not.equal('');
        expect(parsed.right.port).to.be.within(1, 65_535);
        expect(parsed.right.path).to.match(/^\//);
        expect(showBrokerAddress(parsed.right)).to.not.match(/[\p{Cc}\s]/u);
      }),
      { numRuns: 1_000 },
    );
  });

  it('never repeats a password', () => {
    const schemeOf = fc.oneof(fc.constantFrom(...schemes.map(([scheme]) => scheme)), fc.string());
    const rest = fc.tuple(fc.string(), fc.string());
    fc.assert(
      fc.property(schemeOf, rest, (scheme, [user, host]) => {
        const parsed = parseBrokerAddress(`${scheme}://${user}:s3cret@${host}`);
        if (E.isLeft(parsed)) expect(parsed.left).to.not.include('s3cret');
        else expect(showBrokerAddress(parsed.right)).to.not.include('s3cret');
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('showBrokerAddress', () => {
  it('gives an address that parses to the same', () => {
    const addresses = ['mqtts://broker.example', 'mqtt://10.0.0.1:2883', 'wss://[fe80::1]:8443'];
    for (const address of addresses) {
      const parsed = rightOf(parseBrokerAddress(address));
      expect(rightOf(parseBrokerAddress(showBrokerAddress(parsed)))).to.deep.equal(parsed);
    }
  });

  it('puts IPv6 in brackets', () => {
    expect(showBrokerAddress(rightOf(parseBrokerAddress('mqtt://[::1]')))).to.equal('mqtt://[::1]:1883');
  });
});
