import type { Mutation } from './bundle.js';
import type { Invariant } from './ledger.js';
import type { FaultKind } from './plan.js';
import type { Trait } from './scheme.js';

/** A mechanism of the daemon, broken on purpose. */
export interface Mutant {
  readonly name: string;
  readonly mutations: readonly Mutation[];
  /** The invariants that it may violate. */
  readonly seenAs: readonly Invariant[];
  /** Faults and traits that expose it; all by default. */
  readonly only?: readonly (FaultKind | Trait)[];
}

const change = (file: string, from: string, to: string): Mutation => ({ file, from, to });

/** The mechanisms behind the promise, each broken once. */
export const mutants: readonly Mutant[] = [
  {
    name: 'an acknowledgement leaves before its settlement',
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
    name: 'acknowledgements leave out of order',
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
    name: 'acknowledgements leave on another connection than the one of their publish',
    mutations: [
      change(
        'lib/mqtt/session/ack-window.ts',
        'this.#session.disconnected(left, now);',
        'for (const { packetId, ...entry } of left) this.#push(packetId, entry.publish, { ...entry, packetId });',
      ),
    ],
    seenAs: ['ack-order', 'twice', 'left', 'deaf'],
  },
  {
    name: 'a retry forgets the message',
    mutations: [
      change(
        'lib/rules/delivery/answered.ts',
        'job.failures += 1;',
        'job.failures += 1; lane.front.shift();',
      ),
    ],
    seenAs: ['deaf', 'starved'],
    only: ['app-trouble', 'cvmain-restart'],
  },
  {
    name: 'what is held is dropped when the set changes',
    mutations: [
      change(
        'lib/rules/delivery/step.ts',
        "if (lane.state === 'for-set' || lane.state === 'for-registration') due(lane, moment);",
        "if (lane.state === 'for-registration') lane.front.shift(); if (lane.state === 'for-set' || lane.state === 'for-registration') due(lane, moment);",
      ),
    ],
    seenAs: ['deaf', 'starved', 'given-up', 'order'],
    only: ['unregister'],
  },
  {
    name: 'the expiry is ignored after a retry',
    mutations: [
      change(
        'lib/rules/delivery/step.ts',
        'if (moment.now >= job.expiresAt) {',
        'if (moment.now >= job.expiresAt && job.failures === 0) {',
      ),
    ],
    seenAs: ['stale'],
    only: ['app-trouble', 'cvmain-restart'],
  },
  {
    name: 'the spool says that it is written before it is flushed',
    mutations: [change('lib/storage/spool/line-file.ts', 'if (onDisk) await this.#file.datasync();', '')],
    seenAs: ['ack-early'],
  },
  {
    name: 'what comes behind the spool overtakes it',
    mutations: [
      change(
        'lib/rules/delivery/step.ts',
        'if (lane.isOnDisk) {',
        'if (lane.isOnDisk && lane.front.length === 0) {',
      ),
    ],
    seenAs: ['order'],
    only: ['app-trouble', 'cvmain-hang', 'cvmain-restart'],
  },
  {
    name: 'another message under a known packet id counts as a copy',
    mutations: [change('lib/mqtt/session/pending.ts', 'each.content === content &&', '')],
    seenAs: ['ack-early', 'lost', 'deaf'],
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
    name: 'an app keeps more than its share of the window',
    mutations: [
      change(
        'lib/rules/delivery/fairness.ts',
        'if (isSlow || wasNotWritten || now - lane.progressAt >= patienceMs) lanesToSpool.add(lane);',
        'if (wasNotWritten) lanesToSpool.add(lane);',
      ),
    ],
    seenAs: ['starved', 'deaf'],
    only: ['app-trouble'],
  },
  {
    name: 'the age of what is spooled is ignored',
    mutations: [
      change(
        'streams/spool/spool-port.ts',
        'Math.min(maxAgeMs, message.lifetimeMs)',
        'Math.min(message.lifetimeMs)',
      ),
    ],
    seenAs: ['ageing', 'deaf'],
  },
  {
    name: 'the receipt of what was spooled is forgotten',
    mutations: [
      change(
        'streams/spool/spool-port.ts',
        '{ ...publish, arrivedAt: arrival.arrivedAt }',
        '{ ...publish, arrivedAt: clock.uptimeMs() }',
      ),
    ],
    seenAs: ['stale'],
  },
  {
    name: 'what one of two targets accepted counts as notified',
    mutations: [
      change(
        'lib/rules/delivery/answered.ts',
        'if (targets.every(({ kind }) => kind === target.kind || hasAccepted(job, kind)))',
        'if (targets.some(({ kind }) => kind === target.kind || hasAccepted(job, kind)))',
      ),
    ],
    seenAs: ['half-delivered', 'ack-early'],
  },
  {
    name: 'a dead letter is acknowledged before it is stored',
    mutations: [
      change(
        'streams/operators/settle.ts',
        "if (settlement.kind === 'dead-lettered') write(settlement);",
        "if (settlement.kind === 'dead-lettered') { subscriber.next(settlement); write({ ...settlement }); }",
      ),
    ],
    seenAs: ['ack-early', 'counters', 'settled-twice'],
  },
  {
    name: 'the reserved names are anybody’s',
    mutations: [
      change(
        'lib/rules/routing/route.ts',
        'if (name.startsWith(reservedPrefix) &&',
        "if (name.startsWith('-') &&",
      ),
    ],
    seenAs: ['unregistered'],
  },
  {
    name: 'the spool forgets that a message is settled',
    mutations: [
      change(
        'lib/storage/spool/spool-content.ts',
        'if (this.index.done(id)) this.#settled.push(id);',
        'if (id % 2 !== 0 && this.index.done(id)) this.#settled.push(id);',
      ),
    ],
    seenAs: ['left', 'twice'],
  },
  {
    name: 'a place among the calls in flight is never given back',
    mutations: [change('lib/rules/delivery/gate.ts', 'this.#inFlight -= 1;', '')],
    seenAs: ['starved', 'deaf', 'stop'],
  },
];
