import type { DeadLettered, Notified, Settlement, Spooled } from '../../../lib/rules/settlement.js';
import { newTally } from '../../../lib/rules/tally.js';
import { type LinesOf, type LogLine, nothing } from './line.js';

const publish = {
  seq: 1,
  topic: 's2u/cv12345/command',
  payload: { text: '{"function":"locker-open"}' },
  qos: 1,
  retain: false,
  dup: false,
  receivedAt: 0,
} as const;

const message = {
  name: 'locker-open',
  integration: 'locker',
  message: 'open',
  body: { text: '' },
  publish,
  lifetimeMs: Number.POSITIVE_INFINITY,
};

const base = { publish, message, attempts: 1, tookMs: 12 };
const notified: Notified = { kind: 'notified', ...base };
const spooled: Spooled = { kind: 'spooled', ...base };
const letter: DeadLettered = {
  kind: 'dead-lettered',
  ...base,
  reason: 'unregistered',
  detail: 'no integration "locker" is registered; held 30000 ms for it',
};

const settled: { readonly [Kind in Settlement['kind']]: LogLine<'settled'> } = {
  notified: {
    event: { kind: 'settled', settlement: notified },
    means: 'cvmain has accepted it',
    todo: nothing,
  },
  spooled: {
    event: { kind: 'settled', settlement: spooled },
    means: 'it is on the disk, as its app is stuck, and is delivered from there',
    todo: nothing,
  },
  'dead-lettered': {
    event: { kind: 'settled', settlement: letter },
    means: 'it was not delivered, for one of the [reasons](messages.md); it is in the dead-letter file',
    todo: 'correct the reason; then [send it again](dead-letters.md). `cvmqtt explain` shows the decision',
  },
};

/** The lines about messages, the disk, the log itself and the end. */
export const messageLines: LinesOf<
  | 'held'
  | 'released'
  | 'settled'
  | 'traffic'
  | 'dead-letter-lost'
  | 'spool-broken'
  | 'state-newer'
  | 'stuck'
  | 'systemd-unreachable'
  | 'state-unusable'
  | 'log-entries-dropped'
  | 'stopping'
  | 'stopped'
> = {
  held: [
    {
      event: {
        kind: 'held',
        message,
        waitMs: 30_000,
        integrations: new Map([['lockers', { name: 'lockers' }]]),
      },
      means: 'a message waits for its app, and those for the same app behind it. One line for each app',
      todo: `${nothing} while apps start; else start the app, or have the sender correct the name`,
    },
  ],
  released: [
    {
      event: { kind: 'released', message, afterMs: 3_200, messages: 5, andSpooled: false },
      means: 'the app has registered, and they are delivered. Without it they become dead letters',
      todo: nothing,
    },
  ],
  settled: [settled['dead-lettered'], settled.notified, settled.spooled],
  traffic: [
    {
      event: {
        kind: 'traffic',
        tally: { ...newTally(), notified: 1_204, expired: 2 },
        apps: [
          { name: 'lockers', notified: 1_000, spooled: 0, dead_letters: 2 },
          { name: 'display', notified: 204, spooled: 0, dead_letters: 0 },
        ],
      },
      means: 'what was settled in that hour, and the ten busiest apps; no line for an hour without messages',
      todo: nothing,
    },
  ],
  'dead-letter-lost': [
    {
      event: {
        kind: 'dead-letter-lost',
        letter,
        detail: '/var/lib/cvmqtt/dead-letters.ndjson: ENOSPC',
      },
      means: 'a message was not delivered, and is not in the file either: it is lost',
      todo: 'make room on the disk, or correct the rights; the fields of the entry identify the message',
    },
  ],
  'spool-broken': [
    {
      event: { kind: 'spool-broken', detail: '/var/lib/cvmqtt/spool.ndjson: EIO' },
      means: "the spool, or a line of it, can't be read; opening it is tried again",
      todo: 'look at the disk; what is not in the spool stays with the broker',
    },
  ],
  'state-newer': [
    {
      event: {
        kind: 'state-newer',
        file: '/var/lib/cvmqtt/spool.ndjson',
        format: 2,
        reads: 1,
        effect: 'it is kept as spool.ndjson.v2, for the version that wrote it',
      },
      means: 'a newer version of cvmqtt wrote this file, before the unit went back to this version',
      todo: 'upgrade again, so that what is kept is delivered: [versions](#versions)',
    },
  ],
  stuck: [
    {
      event: { kind: 'stuck', what: 'the messages for int1' },
      means: 'something has not moved for long, though nobody else has to do anything: a fault of cvmqtt',
      todo: 'systemd restarts the daemon, which loses nothing; send a [diag](diag.md) to whoever maintains cvmqtt',
    },
  ],
  'systemd-unreachable': [
    {
      event: { kind: 'systemd-unreachable', detail: 'systemd-notify: ENOENT' },
      means: 'the watchdog can not be fed',
      todo: 'install systemd-notify, or remove `Type=notify` and `WatchdogSec=` from the unit',
    },
  ],
  'state-unusable': [
    {
      event: { kind: 'state-unusable', detail: '/var/lib/cvmqtt: EACCES' },
      means: 'the daemon goes on without this file or directory',
      todo: 'correct its owner, its rights or the disk, and restart the daemon',
    },
  ],
  'log-entries-dropped': [
    {
      event: { kind: 'log-entries-dropped', entries: 12 },
      means: 'the reader of the log did not keep up',
      todo: "look at the machine's load; use level debug for short times only",
    },
  ],
  stopping: [{ event: { kind: 'stopping' }, means: 'a signal came', todo: nothing }],
  stopped: [
    {
      event: { kind: 'stopped', tally: { ...newTally(), notified: 3, expired: 1 } },
      means: 'the end, and what was settled since the start',
      todo: nothing,
    },
  ],
};
