import type { DaemonEvent } from '../../lib/log/event.js';
import type { DeadLettered, Notified, Spooled } from '../../lib/rules/settlement.js';
import { newTally } from '../../lib/rules/tally.js';
import { publishOf } from './shorthand.js';

/** A part of a message that must not be in a log. */
export const secret = 's3cret';

/**
 * All kinds of settlements of a message whose names, topic and details are `text`, and whose payload is the secret.
 */
export const settlements = (
  text: string,
): { readonly notified: Notified; readonly spooled: Spooled; readonly letter: DeadLettered } => {
  const publish = publishOf(1, { topic: text, text: secret, receivedAt: Date.UTC(2024, 1, 29) });
  const message = {
    name: text,
    integration: text,
    message: text,
    body: { text: secret },
    publish,
    lifetimeMs: 60_000,
  };
  return {
    notified: { kind: 'notified', publish, message, attempts: 1, tookMs: 12.4 },
    spooled: { kind: 'spooled', publish, message, attempts: 3, tookMs: 5_000.6 },
    letter: {
      kind: 'dead-lettered',
      reason: 'unregistered',
      detail: text,
      publish,
      message,
      attempts: 2,
      tookMs: 30_000,
    },
  };
};

/** An event of each kind, with `text` wherever text can come from outside. */
export const eventsWith = (
  text: string,
): { readonly [Kind in DaemonEvent['kind']]: Extract<DaemonEvent, { readonly kind: Kind }> } => ({
  starting: { kind: 'starting', version: text, configDirectory: text, stateDirectory: text },
  waiting: { kind: 'waiting', what: 'registration', detail: text },
  'cvmain-serves': { kind: 'cvmain-serves', address: text, version: text },
  'cvmain-away': { kind: 'cvmain-away', address: text, forMs: 20 },
  'cvmain-absent': { kind: 'cvmain-absent', address: text, detail: text, forMs: 20_123 },
  'cvmain-fails': { kind: 'cvmain-fails', address: text, detail: text, forMs: 20_123 },
  'cvmain-delivers': { kind: 'cvmain-delivers', address: text, afterMs: 61_000 },
  integrations: { kind: 'integrations', names: [text], unreachable: [text] },
  'file-broken': { kind: 'file-broken', file: text, detail: text, until: 'waiting' },
  'file-whole': { kind: 'file-whole', file: text },
  'not-published': { kind: 'not-published', what: 'receipt', detail: text },
  'odd-token': { kind: 'odd-token', remarks: [text] },
  connected: {
    kind: 'connected',
    address: { protocol: 'mqtts', host: text, port: 8883, path: '/' },
    protocolVersion: 5,
    sessionPresent: true,
  },
  subscribed: { kind: 'subscribed', filters: [text] },
  'subscription-unanswered': { kind: 'subscription-unanswered', filters: [text], afterMs: 10_000 },
  'granted-qos-0': { kind: 'granted-qos-0', filters: [text] },
  'filters-overlap': { kind: 'filters-overlap', filters: [text, text] },
  'session-expiry': { kind: 'session-expiry', askedS: 604_800, grantedS: 60 },
  'subscription-refused': { kind: 'subscription-refused', filters: [text] },
  disconnected: { kind: 'disconnected', reason: { kind: 'lost', detail: text }, waitMs: 1_250 },
  'window-full': { kind: 'window-full', messages: 257, bytes: 1_024 },
  held: {
    kind: 'held',
    message: settlements(text).notified.message,
    waitMs: 30_000,
    integrations: new Map([[text, { name: text }]]),
  },
  released: {
    kind: 'released',
    message: settlements(text).notified.message,
    afterMs: 3_210,
    messages: 5,
    andSpooled: false,
  },
  settled: { kind: 'settled', settlement: settlements(text).letter },
  traffic: {
    kind: 'traffic',
    tally: { ...newTally(), notified: 3, expired: 1 },
    apps: [{ name: text, notified: 3, spooled: 2, dead_letters: 1 }],
  },
  'dead-letter-lost': { kind: 'dead-letter-lost', letter: settlements(text).letter, detail: text },
  'configuration-changed': { kind: 'configuration-changed' },
  'spool-broken': { kind: 'spool-broken', detail: text },
  'state-newer': { kind: 'state-newer', file: text, format: 2, reads: 1, effect: text },
  'state-unusable': { kind: 'state-unusable', detail: text },
  'systemd-unreachable': { kind: 'systemd-unreachable', detail: text },
  stuck: { kind: 'stuck', what: text },
  'log-entries-dropped': { kind: 'log-entries-dropped', entries: 3 },
  stopping: { kind: 'stopping' },
  stopped: { kind: 'stopped', tally: { ...newTally(), notified: 3, expired: 1 } },
});
