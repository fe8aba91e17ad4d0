import { change, type Mutant } from './mutant.js';

/** Mechanisms of routing and delivery, each broken once. */
export const deliveryMutants: readonly Mutant[] = [
  {
    name: 'a retry forgets the message',
    mutations: [
      change(
        'lib/rules/delivery/answered.ts',
        'job.failures += 1;',
        'job.failures += 1; lane.front.shift();',
      ),
    ],
    seenAs: ['deaf', 'starved', 'stuck'],
    only: ['app-trouble', 'cvmain-restart'],
  },
  {
    name: 'held messages are dropped when the live set changes',
    mutations: [
      change(
        'lib/rules/delivery/step.ts',
        "if (lane.state === 'for-set' || lane.state === 'for-registration') due(lane, moment);",
        "if (lane.state === 'for-registration') lane.front.shift(); if (lane.state === 'for-set' || lane.state === 'for-registration') due(lane, moment);",
      ),
    ],
    seenAs: ['deaf', 'starved', 'given-up', 'order', 'stuck'],
    only: ['unregister'],
  },
  {
    name: 'expiry is ignored after a retry',
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
    name: 'new messages overtake spooled ones',
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
    name: 'an app keeps more than its share of the window',
    mutations: [
      change(
        'lib/rules/delivery/fairness.ts',
        'if (isSlow || wasNotWritten || now - lane.progressAt >= patienceMs) lanesToSpool.add(lane);',
        'if (wasNotWritten) lanesToSpool.add(lane);',
      ),
    ],
    seenAs: ['starved', 'deaf', 'stuck'],
    only: ['app-trouble'],
  },
  {
    name: 'a message that one of two targets accepted counts as notified',
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
    name: 'reserved names are open to every app',
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
    name: 'a slot for calls is never released',
    mutations: [change('lib/rules/delivery/gate.ts', 'this.#inFlight -= 1;', '')],
    seenAs: ['starved', 'deaf', 'stop', 'stuck'],
  },
  {
    name: 'the timer of a retry is lost',
    mutations: [change('streams/delivery/alarms.ts', 'this.#ring(one);', '')],
    seenAs: ['stuck'],
  },
];
