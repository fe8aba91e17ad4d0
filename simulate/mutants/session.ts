import { change, type Mutant } from './mutant.js';

/** Mechanisms of the session with the broker, each broken once. */
export const sessionMutants: readonly Mutant[] = [
  {
    name: 'an acknowledgement is sent before the settlement',
    mutations: [
      change(
        'lib/mqtt/session/ack-window.ts',
        'slot?.entry.state.settled; slot =',
        'slot !== undefined; slot =',
      ),
    ],
    seenAs: ['ack-early'],
  },
  {
    name: 'acknowledgements are sent out of order',
    mutations: [
      change(
        'lib/mqtt/session/ack-window.ts',
        'due.push({ packetId, qos });',
        'due.unshift({ packetId, qos });',
      ),
    ],
    seenAs: ['ack-order'],
  },
  {
    name: 'an acknowledgement is sent on another connection than its publish',
    mutations: [
      change(
        'lib/mqtt/session/ack-window.ts',
        'this.#session.disconnected(left, now);',
        'for (const { packetId, ...entry } of left) this.#push(packetId, entry.publish, { ...entry, packetId });',
      ),
    ],
    seenAs: ['ack-order', 'twice', 'left', 'deaf', 'stuck'],
  },
  {
    name: 'another message under a known packet id counts as a copy',
    mutations: [change('lib/mqtt/session/pending.ts', 'each.content === content &&', '')],
    seenAs: ['ack-early', 'lost', 'deaf', 'stuck'],
  },
  {
    name: 'a retained command runs again at each subscription',
    mutations: [
      change(
        'lib/mqtt/session/retained-commands.ts',
        'this.#record.hasRun(this.#session, publish)',
        "this.#record.hasRun('', publish)",
      ),
    ],
    seenAs: ['twice'],
    only: ['sigterm', 'sighup', 'session-lost'],
  },
  {
    name: 'the cap of the window is ignored',
    mutations: [
      change('streams/sources/window-room.ts', 'ackWindow.size <= windowMessages', 'ackWindow.size >= 0'),
    ],
    seenAs: ['over-cap'],
  },
  {
    name: 'the pause before a reconnect never ends',
    mutations: [change('streams/sources/broker-session.ts', 'postIn(next.waitMs);', '')],
    seenAs: ['stuck'],
  },
];
