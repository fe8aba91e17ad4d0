import { expect } from 'chai';
import { readUpgrade, upgradeTo } from '../../../../lib/mqtt/transport/web-socket-upgrade.js';

const accept = 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=';

const answer = (...lines: readonly string[]): Buffer => Buffer.from(`${lines.join('\r\n')}\r\n\r\n`);

const good = [
  'HTTP/1.1 101 Switching Protocols',
  'upgrade: WebSocket',
  'CONNECTION:  keep-alive, Upgrade ',
  `Sec-WebSocket-Accept: ${accept}`,
  'Sec-WebSocket-Protocol:mqtt',
];

describe('the upgrade to a WebSocket', () => {
  it("requests MQTT at the path, and names the host in the URL's notation", () => {
    const hosts = [
      { protocol: 'ws', host: 'broker', port: 80, path: '/mqtt?unit=1' },
      { protocol: 'ws', host: 'broker', port: 443, path: '/' },
      { protocol: 'wss', host: '::1', port: 443, path: '/' },
      { protocol: 'wss', host: '::1', port: 8443, path: '/' },
    ] as const;
    expect(hosts.map((address) => `${upgradeTo(address).request}`.split('\r\n').slice(0, 2))).to.deep.equal([
      ['GET /mqtt?unit=1 HTTP/1.1', 'Host: broker'],
      ['GET / HTTP/1.1', 'Host: broker:443'],
      ['GET / HTTP/1.1', 'Host: [::1]'],
      ['GET / HTTP/1.1', 'Host: [::1]:8443'],
    ]);
  });

  it('is read in any pieces, with frames after it', () => {
    const bytes = Buffer.concat([answer(...good), Buffer.from('frames')]);
    for (let length = 0; length < bytes.length - 6; length += 1)
      expect(readUpgrade(bytes.subarray(0, length), accept)).to.deep.equal({ kind: 'coming' });
    expect(readUpgrade(bytes, accept)).to.deep.equal({ kind: 'upgraded', rest: Buffer.from('frames') });
  });

  const without = (name: RegExp, ...more: readonly string[]): Buffer =>
    answer(...good.filter((line) => !name.test(line)), ...more);
  const wrong: readonly (readonly [detail: string, bytes: Buffer])[] = [
    ['Unexpected server response: 502', answer('HTTP/1.0 502 Bad Gateway')],
    ['Unexpected server response: 302', answer('HTTP/1.1 302 Found', 'Location: ws://elsewhere/')],
    ['the broker sent a response that is not a WebSocket upgrade', answer('HTTP/1.1 hello')],
    ['the broker sent a response that is not a WebSocket upgrade', Buffer.from('SSH')],
    ['the broker sent a response that is not a WebSocket upgrade', Buffer.from([0x20, 2, 0, 0])],
    [
      'the broker sent a response that is not a WebSocket upgrade',
      Buffer.concat([Buffer.from('HTTP/1.1'), Buffer.alloc(20_000)]),
    ],
    ['the broker sent a wrong Upgrade', without(/^upgrade/)],
    ['the broker sent a wrong Sec-WebSocket-Accept', without(/Accept/)],
    ['the broker sent a wrong Sec-WebSocket-Accept', without(/Accept/, 'Sec-WebSocket-Accept: x')],
    ['the broker sent no subprotocol [MQTT-6.0.0-4]', without(/Protocol:/)],
    ['the broker sent no subprotocol [MQTT-6.0.0-4]', without(/Protocol:/, 'Sec-WebSocket-Protocol: stomp')],
    [
      'the broker sent an extension that was not offered',
      answer(...good, 'Sec-WebSocket-Extensions: permessage-deflate'),
    ],
  ];
  for (const [detail, bytes] of wrong)
    it(`is refused if ${detail} (${bytes.toString('latin1', 0, 30).trim()})`, () => {
      expect(readUpgrade(bytes, accept)).to.deep.equal({ kind: 'wrong', detail });
    });
});
