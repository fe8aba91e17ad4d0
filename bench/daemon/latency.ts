import { fileURLToPath } from 'node:url';
import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { decodeJsonWith } from '../../lib/util/codec.js';
import { scoped } from '../../spec/rig/at-end.js';
import { startChild } from '../../spec/rig/child.js';
import type { Bed } from './bed.js';
import type { Broker } from './broker.js';
import { type Comparison, inTurns, type Row } from './comparison.js';
import { daemon, naive, type Program, whileRunning } from './programs.js';
import { median } from './statistics.js';
import { makeUnit } from './unit.js';

const publisher = fileURLToPath(new URL('./publisher-process.ts', import.meta.url));
const Late = t.type({ p50: t.number, p99: t.number });
const integrations = 10;

interface Load {
  readonly broker: Broker;
  /** Messages a second. */
  readonly rate: number;
}

interface Run {
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
  readonly late: t.TypeOf<typeof Late>;
}

/** Latency from the time a message was due to be published until its call: a stall counts for each message it delays. */
const run = ({ sink, plan }: Bed, { broker, rate }: Load, program: Program): Promise<Run> =>
  scoped(async (atEnd) => {
    const unit = await makeUnit(atEnd, { brokerPort: broker.port, cvmainPort: sink.port, integrations });
    const child = program(atEnd, unit);
    await broker.subscribed(unit.clientId);
    const { warmUp, measured } = plan.latencyS;
    const calls = await sink.expect({ count: rate * (warmUp + measured), timed: true });
    const numbers = [integrations, rate, warmUp, measured].map(String);
    const args = ['--import', 'tsx', publisher, String(broker.port), unit.topic, ...numbers];
    const sender = startChild(atEnd, process.execPath, args);
    const { latencyMs } = await whileRunning(child, calls.all);
    const late = decodeJsonWith(Late)(await sender.stdout.first('how late it was'));
    if (E.isLeft(late)) throw new Error(`unexpected output of the publisher: ${late.left}`);
    return { ...latencyMs, late: late.right };
  });

/**
 * Latency at two rates; at the higher one also with `prompt`, a broker with TCP_NODELAY. By default, mosquitto lets TCP
 * hold back a small packet until the client's TCP has confirmed the previous one (Nagle's algorithm). The confirmation
 * travels with the client's next packet, so a client that acknowledges before it delivers gets the next message sooner.
 */
export const latency = async (bed: Bed, prompt: Broker): Promise<Comparison> => {
  const rows: Row[] = [];
  const notes: string[] = [];
  for (const { name, load, bounds } of [
    { name: '100/s', load: { broker: bed.broker, rate: 100 }, bounds: [] },
    {
      name: '1,000/s',
      load: { broker: bed.broker, rate: 1_000 },
      bounds: [{ of: 'ratio', most: 0.7 }] as const,
    },
    { name: '1,000/s, set_tcp_nodelay', load: { broker: prompt, rate: 1_000 }, bounds: [] },
  ]) {
    bed.progress(`latency at ${name}`);
    const { ours, theirs } = await inTurns(
      bed.plan.pairs,
      () => run(bed, load, daemon),
      () => run(bed, load, naive),
    );
    const row = (share: string, pick: (one: Run) => number, more: Pick<Row, 'bounds'> = {}) =>
      rows.push({
        measure: `latency at ${name}, ${share}`,
        unit: 'ms',
        ours: ours.map(pick),
        theirs: theirs.map(pick),
        ...more,
      });
    row('p50', ({ p50 }) => p50);
    row('p99', ({ p99 }) => p99, { bounds });
    row('p99.9', ({ p999 }) => p999);
    const late = (pick: (one: Run) => number): string => median([...ours, ...theirs].map(pick)).toFixed(2);
    notes.push(
      `At ${name} the publisher itself was late by ${late((one) => one.late.p50)} ms (p50) and ${late((one) => one.late.p99)} ms (p99); these figures include it.`,
    );
  }
  return { title: 'Latency', ours: 'cvmqtt', theirs: 'naive', rows, notes };
};
