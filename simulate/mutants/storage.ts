import { change, type Mutant } from './mutant.js';

/** Mechanisms of the spool and the dead letters, each broken once. */
export const storageMutants: readonly Mutant[] = [
  {
    name: 'the spool reports a write before the flush',
    mutations: [change('lib/storage/spool/line-file.ts', 'if (onDisk) await this.#file.datasync();', '')],
    seenAs: ['ack-early'],
  },
  {
    name: 'the age of spooled messages is ignored',
    mutations: [
      change(
        'streams/spool/spool-port.ts',
        'Math.min(maxAgeMs, message.lifetimeMs)',
        'Math.min(message.lifetimeMs)',
      ),
    ],
    seenAs: ['ageing', 'deaf', 'stuck'],
  },
  {
    name: 'the receipt of spooled messages is forgotten',
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
];
