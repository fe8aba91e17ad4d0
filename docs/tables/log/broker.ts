import type { EndReason } from '../../../lib/mqtt/session/end-reason.js';
import { type LinesOf, type LogLine, nothing } from './line.js';

const filters = ['s2u/cv12345/#'];

const lost = (
  reason: EndReason,
  means: string,
  todo: string,
  more: { readonly conflictLikely?: boolean } = {},
): LogLine<'disconnected'> => ({
  event: { kind: 'disconnected', reason, waitMs: 1_300, ...more },
  means,
  todo,
});

const reasons: { readonly [Kind in EndReason['kind']]: LogLine<'disconnected'> } = {
  unreachable: lost(
    { kind: 'unreachable', detail: 'connect ECONNREFUSED 192.0.2.1:8883' },
    'no connection: the network, the name, the port, TLS, or the broker itself',
    'follow the reason; `cvmqtt check` tries each step. Messages wait at the broker',
  ),
  lost: lost(
    { kind: 'lost', detail: 'the connection was closed' },
    'a connection that was up has ended',
    `${nothing} if \`connected\` follows; if it comes often, look at the network and at the broker's log`,
  ),
  refused: lost(
    { kind: 'refused', detail: 'connection refused: Not authorized (135)' },
    'the broker does not accept the token; cvmain is asked for another one',
    'look at the expiry of the token and at the clock: `cvmqtt check`. Else the unit is blocked at the platform',
  ),
  'hung-up': lost(
    { kind: 'hung-up' },
    'the broker closed on CONNECT without a reason: an expired token or a version of MQTT that it does not support',
    'as for a refused login; the daemon tries 3.1.1 by itself unless `mqtt_version` forbids it',
  ),
  'will-refused': lost(
    { kind: 'will-refused', detail: 'connection refused: Retain not supported (154)' },
    'the broker takes no retained last will; the next attempt is made without one',
    'allow retained messages, or remove `health_topic`',
  ),
  'taken-over': lost(
    { kind: 'taken-over' },
    'another client has connected with the client id of this unit',
    'find the second daemon or the copied unit; they take the session from each other',
  ),
  'unsupported-version': lost(
    { kind: 'unsupported-version' },
    'the broker does not support the version that is set',
    'set `mqtt_version` to `auto`',
  ),
  'not-subscribed': lost(
    { kind: 'not-subscribed' },
    'the daemon gets no messages on such a connection, and tries again; `subscription-refused` or `subscription-unanswered` came before',
    'follow that line',
  ),
};

/** The lines about the broker. */
export const brokerLines: LinesOf<
  | 'connected'
  | 'subscribed'
  | 'subscription-refused'
  | 'subscription-unanswered'
  | 'granted-qos-0'
  | 'filters-overlap'
  | 'session-expiry'
  | 'disconnected'
  | 'window-full'
  | 'not-published'
> = {
  connected: [
    {
      event: {
        kind: 'connected',
        address: { protocol: 'mqtts', host: 'broker.example', port: 8883, path: '/' },
        protocolVersion: 5,
        sessionPresent: true,
      },
      means:
        'the broker has accepted the login. `new session`: it had kept none, for example at the first start',
      todo: `${nothing}; a new session after an outage means that what waited at the broker is lost: raise its limits`,
    },
  ],
  subscribed: [
    { event: { kind: 'subscribed', filters }, means: 'messages arrive from now on', todo: nothing },
  ],
  'subscription-refused': [
    {
      event: { kind: 'subscription-refused', filters },
      means: 'the broker does not allow this unit what its token lists',
      todo: "correct the broker's access control, or the token",
    },
  ],
  'subscription-unanswered': [
    {
      event: { kind: 'subscription-unanswered', filters, afterMs: 10_000 },
      means: 'the broker accepts connections and does not work; the daemon reconnects',
      todo: "look at the broker's load and log",
    },
  ],
  'granted-qos-0': [
    {
      event: { kind: 'granted-qos-0', filters },
      means: 'the broker allows QoS 0 only, for which nothing is promised',
      todo: "allow QoS 1 in the broker's configuration",
    },
  ],
  'filters-overlap': [
    {
      event: { kind: 'filters-overlap', filters: ['s2u/+/a', 's2u/cv12345/+'] },
      means: 'a message that matches several filters may come several times, and is then delivered as often',
      todo: 'have the platform correct the token',
    },
  ],
  'not-published': [
    {
      event: {
        kind: 'not-published',
        what: 'health_topic',
        detail: 's2u/x is not under the acl.pub of the token',
      },
      means: 'health or receipts are not published, as the broker would end the connection',
      todo: 'correct the setting, see [health](health.md)',
    },
  ],
  'session-expiry': [
    {
      event: { kind: 'session-expiry', askedS: 604_800, grantedS: 3_600 },
      means: 'the broker forgets the unit sooner than asked',
      todo: "raise the broker's limit, or lower `session_expiry_s`",
    },
  ],
  disconnected: [
    reasons.unreachable,
    reasons.lost,
    lost(
      { kind: 'lost', detail: 'the connection was closed' },
      'the third loss in a row within a minute',
      'as for a session that another client took over',
      { conflictLikely: true },
    ),
    reasons.refused,
    reasons['hung-up'],
    reasons['will-refused'],
    reasons['taken-over'],
    reasons['unsupported-version'],
    reasons['not-subscribed'],
  ],
  'window-full': [
    {
      event: { kind: 'window-full', messages: 257, bytes: 65_536 },
      means: 'the broker sends more than can be settled; the rest waits there',
      todo: 'if it comes often: `cvmqtt status` shows what waits, and how long cvmain takes',
    },
  ],
};
