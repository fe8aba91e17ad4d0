import { expect } from 'chai';
import { describe as describeEvent, type Level } from '../../../lib/log/describe.js';
import type { DaemonEvent } from '../../../lib/log/event.js';
import { newTally } from '../../../lib/rules/tally.js';
import { eventsWith, secret, settlements } from '../../support/events.js';

const { notified, spooled, letter } = settlements('int1-open');
const names = (count: number) => Array.from({ length: count }, (_, at) => `int${at + 1}`);
const lost = (waitMs: number): DaemonEvent => ({
  kind: 'disconnected',
  reason: { kind: 'lost', detail: 'read ECONNRESET' },
  waitMs,
});
const { address } = eventsWith('broker.example').connected;

const said: readonly [DaemonEvent, Level, string, object][] = [
  [
    { kind: 'starting', version: '1.2.3', configDirectory: '/etc/cvmain', stateDirectory: '/var/lib/cvmqtt' },
    'info',
    'cvmqtt 1.2.3 starts: configuration in /etc/cvmain, state in /var/lib/cvmqtt',
    { version: '1.2.3' },
  ],
  [
    { kind: 'waiting', what: 'cvmain', detail: '127.0.0.1:7777: connect ECONNREFUSED' },
    'info',
    'waiting for cvmain: 127.0.0.1:7777: connect ECONNREFUSED',
    { waiting_for: 'cvmain' },
  ],
  [
    { kind: 'cvmain-serves', address: '127.0.0.1:7777', version: '1.2.3' },
    'info',
    'cvmain 1.2.3 answers on 127.0.0.1:7777',
    { version: '1.2.3' },
  ],
  [
    { kind: 'cvmain-away', address: '127.0.0.1:7777', forMs: 20 },
    'warn',
    'cvmain does not answer on 127.0.0.1:7777; messages wait for it',
    { for_ms: 20 },
  ],
  [
    { kind: 'waiting', what: 'registration', detail: 'mq/mq.json has no username yet' },
    'warn',
    'waiting for registration: mq/mq.json has no username yet',
    { waiting_for: 'registration' },
  ],
  [
    { kind: 'cvmain-serves', address: '127.0.0.1:7777', version: '1.2.3', afterMs: 37_240 },
    'warn',
    'cvmain 1.2.3 answers again on 127.0.0.1:7777, after 37.2 s',
    { version: '1.2.3' },
  ],
  [
    { kind: 'cvmain-absent', address: '127.0.0.1:7777', detail: 'connect ECONNREFUSED', forMs: 20_123 },
    'warn',
    'cvmain has not answered on 127.0.0.1:7777 for 20.1 s; messages wait for it: connect ECONNREFUSED',
    {},
  ],
  [
    { kind: 'cvmain-fails', address: '127.0.0.1:7777', detail: 'UNIMPLEMENTED: what', forMs: 20_123 },
    'warn',
    'cvmain answers on 127.0.0.1:7777, but has accepted no message for 20.1 s; latest reason: UNIMPLEMENTED: what',
    {},
  ],
  [
    { kind: 'cvmain-delivers', address: '127.0.0.1:7777', afterMs: 61_000 },
    'warn',
    'cvmain accepts messages again on 127.0.0.1:7777, after 61.0 s',
    {},
  ],
  [{ kind: 'integrations', names: [], unreachable: [] }, 'warn', 'registered: none', { count: 0 }],
  [
    { kind: 'integrations', names: names(2), unreachable: [] },
    'info',
    'registered: int1, int2',
    { count: 2 },
  ],
  [
    { kind: 'integrations', names: names(12), unreachable: [] },
    'info',
    'registered: int1, int2, int3, int4, int5, int6, int7, int8, int9, int10 and 2 more',
    { count: 12 },
  ],
  [
    { kind: 'integrations', names: ['my-app', 'int1'], unreachable: ['my-app'] },
    'warn',
    'registered: my-app, int1; can never receive a message, because of the dash in the name: my-app',
    { count: 2, unreachable: 1 },
  ],
  [
    { kind: 'file-whole', file: 'mq/mq.json' },
    'warn',
    'mq/mq.json is valid again and in use',
    { file: 'mq/mq.json' },
  ],
  [
    { kind: 'file-broken', file: 'mq/mq.json', detail: 'is not JSON', until: 'last-good' },
    'warn',
    'mq/mq.json: is not JSON; its previous content stays in use',
    { file: 'mq/mq.json' },
  ],
  [
    { kind: 'file-broken', file: 'mq/mq.json', detail: 'is not JSON', until: 'waiting' },
    'warn',
    'mq/mq.json: is not JSON; waiting until it is valid',
    { file: 'mq/mq.json' },
  ],
  [
    { kind: 'file-broken', file: 'mq/cvmqtt.json', detail: 'is empty', until: 'absent' },
    'warn',
    'mq/cvmqtt.json: is empty; ignored until it is valid',
    { file: 'mq/cvmqtt.json' },
  ],
  [
    { kind: 'odd-token', remarks: ['its acl is a string', 'its exp is not a time'] },
    'warn',
    'the login: its acl is a string; its exp is not a time',
    {},
  ],
  [
    { kind: 'connected', address, protocolVersion: 5, sessionPresent: true },
    'info',
    'connected to mqtts://broker.example:8883 with MQTT 5, session resumed',
    { mqtt_version: '5', session_present: true },
  ],
  [
    { kind: 'connected', address, protocolVersion: 4, sessionPresent: false },
    'info',
    'connected to mqtts://broker.example:8883 with MQTT 3.1.1, new session',
    { mqtt_version: '3.1.1', session_present: false },
  ],
  [
    { kind: 'subscribed', filters: ['s2u/cv1/#', 'all'] },
    'info',
    'subscribed to s2u/cv1/#, all',
    { filters: ['s2u/cv1/#', 'all'] },
  ],
  [
    { kind: 'subscription-refused', filters: ['s2u/cv1/#'] },
    'warn',
    'the broker refused the subscription to s2u/cv1/#: no message arrives on it',
    { filters: ['s2u/cv1/#'] },
  ],
  [
    { kind: 'subscription-unanswered', filters: ['s2u/cv1/#'], afterMs: 10_000 },
    'warn',
    'the broker did not acknowledge the subscription to s2u/cv1/# within 10 s',
    { filters: ['s2u/cv1/#'] },
  ],
  [
    { kind: 'granted-qos-0', filters: ['s2u/cv1/#'] },
    'warn',
    'the broker granted only QoS 0 for s2u/cv1/#: messages can be lost in transit',
    { filters: ['s2u/cv1/#'] },
  ],
  [
    { kind: 'filters-overlap', filters: ['a/+/c', 'a/b/#'] },
    'warn',
    "the token's topic filters a/+/c, a/b/# overlap: the broker may deliver a message once per filter",
    { filters: ['a/+/c', 'a/b/#'] },
  ],
  [
    { kind: 'session-expiry', askedS: 604_800, grantedS: 60 },
    'warn',
    'the broker keeps the session for 60 s, less than session_expiry_s (604800 s): messages are lost if the unit is away for longer',
    { granted_s: 60, asked_s: 604_800 },
  ],
  [
    lost(1_250),
    'warn',
    'the connection to the broker was lost: read ECONNRESET; next attempt in 1.3 s',
    { reason: 'lost', wait_ms: 1_250 },
  ],
  [
    { kind: 'disconnected', reason: { kind: 'unreachable', detail: 'connect ECONNREFUSED' }, waitMs: 0 },
    'warn',
    "the broker can't be reached: connect ECONNREFUSED; next attempt in 0.0 s",
    { reason: 'unreachable', wait_ms: 0 },
  ],
  [
    { kind: 'disconnected', reason: { kind: 'refused', detail: 'Not authorized' }, waitMs: 60_000 },
    'warn',
    'the broker refused the login: Not authorized; next attempt in 60.0 s',
    { reason: 'refused', wait_ms: 60_000 },
  ],
  [
    { kind: 'disconnected', reason: { kind: 'taken-over' }, waitMs: 1_000 },
    'warn',
    'another client with the same client id took over the session; next attempt in 1.0 s',
    { reason: 'taken-over', wait_ms: 1_000 },
  ],
  [
    {
      kind: 'disconnected',
      reason: { kind: 'lost', detail: 'the connection was closed' },
      waitMs: 1_000,
      conflictLikely: true,
    },
    'warn',
    'the connection to the broker was lost: the connection was closed; it keeps being lost: another client may be using the same client id; next attempt in 1.0 s',
    { reason: 'lost', wait_ms: 1_000 },
  ],
  [
    { kind: 'disconnected', reason: { kind: 'unsupported-version' }, waitMs: 1_000 },
    'warn',
    'the broker does not support the mqtt_version set in mq/cvmqtt.json; next attempt in 1.0 s',
    { reason: 'unsupported-version', wait_ms: 1_000 },
  ],
  [
    { kind: 'window-full', messages: 257, bytes: 1_024 },
    'warn',
    'the window is full: 257 messages, 1024 bytes unacknowledged; disconnecting until they are settled',
    { messages: 257, bytes: 1_024 },
  ],
  [
    { kind: 'settled', settlement: notified },
    'debug',
    'int1-open: notified',
    {
      name: 'int1-open',
      topic: 'int1-open',
      qos: 1,
      received_at: '2024-02-29T00:00:00.000Z',
      attempts: 1,
      took_ms: 12,
    },
  ],
  [
    { kind: 'settled', settlement: spooled },
    'debug',
    'int1-open: spooled',
    {
      name: 'int1-open',
      topic: 'int1-open',
      qos: 1,
      received_at: '2024-02-29T00:00:00.000Z',
      attempts: 3,
      took_ms: 5_001,
    },
  ],
  [
    { kind: 'settled', settlement: { ...letter, detail: 'int1 is not registered' } },
    'warn',
    'int1-open: unregistered: int1 is not registered',
    {
      name: 'int1-open',
      topic: 'int1-open',
      qos: 1,
      received_at: '2024-02-29T00:00:00.000Z',
      attempts: 2,
      took_ms: 30_000,
      reason: 'unregistered',
      step: 'hold',
    },
  ],
  [
    { kind: 'dead-letter-lost', letter, detail: '/var/lib/cvmqtt/dead-letters.ndjson: ENOSPC' },
    'error',
    'a dead letter could not be stored: /var/lib/cvmqtt/dead-letters.ndjson: ENOSPC',
    {
      name: 'int1-open',
      topic: 'int1-open',
      qos: 1,
      received_at: '2024-02-29T00:00:00.000Z',
      reason: 'unregistered',
    },
  ],
  [
    { kind: 'configuration-changed' },
    'info',
    'the configuration has changed: continuing with it in the same session',
    {},
  ],
  [{ kind: 'spool-broken', detail: 'spool.ndjson: EIO' }, 'error', 'the spool: spool.ndjson: EIO', {}],
  [
    { kind: 'state-unusable', detail: '/var/lib/cvmqtt: EACCES' },
    'error',
    "/var/lib/cvmqtt: EACCES: state that can't be stored there is lost",
    {},
  ],
  [
    { kind: 'systemd-unreachable', detail: 'systemd-notify: ENOENT' },
    'error',
    "systemd can't be notified, and may restart the daemon: systemd-notify: ENOENT",
    {},
  ],
  [
    { kind: 'stuck', what: 'the messages for int1' },
    'error',
    'stuck: the messages for int1 did not move; systemd restarts the daemon unless that changes',
    {},
  ],
  [
    { kind: 'log-entries-dropped', entries: 1 },
    'error',
    '1 log entry dropped: the reader of the log is too slow',
    { entries: 1 },
  ],
  [
    { kind: 'log-entries-dropped', entries: 12 },
    'error',
    '12 log entries dropped: the reader of the log is too slow',
    { entries: 12 },
  ],
  [
    { kind: 'stopping' },
    'info',
    'stopping: finishing calls in flight; other messages stay with the broker',
    {},
  ],
  [
    { kind: 'stopped', tally: { ...newTally(), notified: 3, expired: 1 } },
    'info',
    'stopped: 3 notified, 1 expired',
    { ...newTally(), notified: 3, expired: 1 },
  ],
];

describe('describe', () => {
  for (const [event, level, message, fields] of said) {
    it(`says "${message}"`, () => {
      expect(describeEvent(event)).to.deep.equal({ level, message, fields });
    });
  }

  it('is tested for every kind of event', () => {
    expect(said.map(([{ kind }]) => kind)).to.include.members(Object.keys(eventsWith('')));
  });

  it('uses the topic if there is no name', () => {
    const { message: _, ...undecodable } = { ...letter, detail: 'the payload is not JSON' };
    expect(
      describeEvent({ kind: 'settled', settlement: { ...undecodable, reason: 'undecodable' } }).message,
    ).to.equal('a message on int1-open: undecodable: the payload is not JSON');
  });

  it('shortens a long name, so that the result still fits', () => {
    const { letter: long } = settlements('n'.repeat(10_000));
    const settlement = { ...long, detail: 'the reason' };
    const { message, fields } = describeEvent({ kind: 'settled', settlement });
    expect(message).to.equal(`${'n'.repeat(100)}…: unregistered: the reason`);
    expect(fields).to.include({ name: `${'n'.repeat(400)}…`, topic: `${'n'.repeat(400)}…` });
  });

  it('never contains a payload', () => {
    for (const event of [...Object.values(eventsWith('text')), said.map(([each]) => each)].flat())
      expect(JSON.stringify(describeEvent(event))).to.not.include(secret);
  });

  it('has no field that would overwrite the time, the level, the event or the message', () => {
    for (const event of Object.values(eventsWith('text')))
      expect(describeEvent(event).fields).to.not.have.any.keys('time', 'level', 'event', 'message');
  });
});
