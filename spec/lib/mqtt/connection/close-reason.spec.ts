import { expect } from 'chai';
import { closeReasonOf, type Ending } from '../../../../lib/mqtt/connection/close-reason.js';
import type { CloseReason } from '../../../../lib/mqtt/connection/connection.js';
import { reasonName } from '../../../../lib/mqtt/connection/mqtt-client.js';

const coded = (message: string, code: number | string): Error => Object.assign(new Error(message), { code });

/** Nothing was observed except the end. */
const nothing: Ending = {
  answered: false,
  up: false,
  error: undefined,
  serverReason: undefined,
};

describe('closeReasonOf', () => {
  const endings: readonly [string, Partial<Ending>, CloseReason][] = [
    ['no cause was observed', {}, { kind: 'unreachable', detail: 'the connection was closed' }],
    [
      'the system gave a reason',
      { error: coded('connect ECONNREFUSED 127.0.0.1:1883', 'ECONNREFUSED') },
      { kind: 'unreachable', detail: 'connect ECONNREFUSED 127.0.0.1:1883' },
    ],
    [
      // Node's AggregateError, for a name with several addresses.
      'the system gave only a code',
      { error: coded('', 'ECONNREFUSED') },
      { kind: 'unreachable', detail: 'ECONNREFUSED' },
    ],
    [
      'OpenSSL gave a reason',
      {
        error: Object.assign(
          coded('80FC:error:0A00010B:SSL routines:f:wrong version number:../x.c:350:\n', 'E'),
          {
            library: 'SSL routines',
            reason: 'wrong version number',
          },
        ),
      },
      { kind: 'unreachable', detail: 'TLS: wrong version number' },
    ],
    [
      'an error has no text',
      { error: new Error('') },
      { kind: 'unreachable', detail: 'the connection was closed' },
    ],
    ['CONNACK 1', { error: coded('no', 1) }, { kind: 'unsupported-version' }],
    ['CONNACK 132', { error: coded('no', 132) }, { kind: 'unsupported-version' }],
    ...[2, 4, 5, 133, 134, 135, 138].map((code): [string, Partial<Ending>, CloseReason] => [
      `CONNACK ${code}`,
      { error: coded('no', code) },
      { kind: 'refused', detail: `connection refused: ${reasonName(code)} (${code})` },
    ]),
    ...[154, 155].map((code): [string, Partial<Ending>, CloseReason] => [
      `CONNACK ${code}`,
      { up: true, error: coded('later', code) },
      { kind: 'will-refused', detail: `connection refused: ${reasonName(code)} (${code})` },
    ]),
    ...[3, 128, 136, 137, 151, 156, 157, 159].map((code): [string, Partial<Ending>, CloseReason] => [
      `CONNACK ${code}`,
      { up: true, error: coded('later', code) },
      { kind: 'unreachable', detail: `connection refused: ${reasonName(code)} (${code})` },
    ]),
    ...[6, 85, 255].map((code): [string, Partial<Ending>, CloseReason] => [
      `CONNACK ${code}, which has no meaning`,
      { up: true, error: coded('Connection refused: undefined', code) },
      { kind: 'unreachable', detail: `connection refused: no reason given (${code})` },
    ]),
    ...[0, 2, 4, 5].map((code): [string, Partial<Ending>, CloseReason] => [
      `DISCONNECT ${code}, which has another meaning in CONNACK`,
      { answered: true, serverReason: code },
      { kind: 'lost', detail: `disconnected by the broker: no reason given (${code})` },
    ]),
    [
      'the connection was accepted',
      { answered: true, error: coded('read ECONNRESET', 'ECONNRESET') },
      { kind: 'lost', detail: 'read ECONNRESET' },
    ],
    [
      'the connection was accepted, and an error has a code that would be a refusal in CONNACK',
      { answered: true, error: coded('Keepalive timeout', 5) },
      { kind: 'lost', detail: 'Keepalive timeout' },
    ],
    ['the transport was open, and was closed without a reason', { up: true }, { kind: 'hung-up' }],
    [
      'the transport was open, and was reset',
      { up: true, error: coded('read ECONNRESET', 'ECONNRESET') },
      { kind: 'hung-up' },
    ],
    ['CONNECT could not be written', { up: true, error: coded('write EPIPE', 'EPIPE') }, { kind: 'hung-up' }],
    [
      'the transport was open, and CONNACK did not come in time',
      { up: true, error: new Error('connack timeout') },
      { kind: 'unreachable', detail: 'connack timeout' },
    ],
    [
      'the transport was reset before it was open',
      { error: coded('read ECONNRESET', 'ECONNRESET') },
      { kind: 'unreachable', detail: 'read ECONNRESET' },
    ],
    ['DISCONNECT 142', { answered: true, serverReason: 142 }, { kind: 'taken-over' }],
    [
      'DISCONNECT 142 and an error',
      { answered: true, serverReason: 142, error: coded('read ECONNRESET', 'ECONNRESET') },
      { kind: 'taken-over' },
    ],
    [
      'DISCONNECT 139',
      { answered: true, serverReason: 139 },
      { kind: 'lost', detail: 'disconnected by the broker: Server shutting down (139)' },
    ],
    ['DISCONNECT 132 in place of CONNACK', { up: true, serverReason: 132 }, { kind: 'unsupported-version' }],
    [
      'DISCONNECT 139 in place of CONNACK',
      { up: true, serverReason: 139 },
      { kind: 'unreachable', detail: 'disconnected by the broker: Server shutting down (139)' },
    ],
    [
      'DISCONNECT 135: the login is no longer valid',
      { answered: true, serverReason: 135 },
      { kind: 'refused', detail: 'disconnected by the broker: Not authorized (135)' },
    ],
  ];
  for (const [what, seen, reason] of endings) {
    it(`is ${reason.kind}: ${what}`, () => {
      expect(closeReasonOf({ ...nothing, ...seen })).to.deep.equal(reason);
    });
  }
});
