import type { DevEvent } from '../../../../bin/dev/event.js';

const time = (ms: number): string => new Date(ms).toISOString();

/** The digest of the message with a number. */
const about = (id: number, name = 'a-x') => ({ digest: `${id}`, name });

/** Events as `Feed` makes them, of message `id` at a time in ms. */
export const made = {
  started: (at = 0): DevEvent => ({
    at: time(at),
    event: 'started',
    broker: 'mqtt://127.0.0.1:1',
    cvmain: '127.0.0.1:2',
    notifier: '127.0.0.1:3',
    username: 'cv1',
  }),
  registered: (at: number, name: string, address: string | null = null): DevEvent => ({
    at: time(at),
    event: 'registered',
    name,
    address,
  }),
  unregistered: (at: number, name: string): DevEvent => ({ at: time(at), event: 'unregistered', name }),
  received: (at: number, id: number, name = 'a-x'): DevEvent => ({
    at: time(at),
    event: 'received',
    ...about(id, name),
    topic: 's2u/cv1/command',
    qos: 1,
    retain: false,
    payload: '{}',
  }),
  held: (at: number, id: number, forMs: number, name = 'a-x'): DevEvent => ({
    at: time(at),
    event: 'held',
    ...about(id, name),
    integration: 'a',
    for_ms: forMs,
  }),
  called: (at: number, id: number, to = '127.0.0.1:9', tookMs = 1): DevEvent => ({
    at: time(at),
    event: 'called',
    ...about(id),
    to,
    depends: true,
    outcome: 'accepted',
    took_ms: tookMs,
  }),
  unheard: (at: number, to = '127.0.0.1:9'): DevEvent => ({ at: time(at), event: 'unheard', to }),
  spooled: (at: number, id: number): DevEvent => ({ at: time(at), event: 'spooled', ...about(id) }),
  notified: (at: number, id: number, name = 'a-x'): DevEvent => ({
    at: time(at),
    event: 'notified',
    ...about(id, name),
    to: ['127.0.0.1:9'],
    via_notifier: false,
    took_ms: 2,
  }),
  rejected: (at: number, id: number, name = 'a-x'): DevEvent => ({
    at: time(at),
    event: 'dead-lettered',
    ...about(id, name),
    reason: 'expired',
    detail: 'its lifetime is over',
    advice: 'Send it with a longer one.',
    steps: [{ step: 'hold', verdict: 'ends', text: 'expired', rule: 'the rule' }],
    took_ms: 5,
  }),
};
