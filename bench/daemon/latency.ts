import { fileURLToPath } from 'node:url';
import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { decodeJsonWith } from '../../lib/codec.js';
import { startChild } from '../../spec/e2e/support/child.js';
import type { Bed } from './bed.js';
import { type Comparison, inTurns, type Row } from './comparison.js';
import { daemon, naive, type Program, whileRunning } from './programs.js';
import { scoped } from './scoped.js';
import { median } from './statistics.js';
import { makeUnit } from './unit.js';

const publisher = fileURLToPath(new URL('./publisher-process.ts', import.meta.url));
const Late = t.type({ p50: t.number, p99: t.number });
const integrations = 10;

interface Run {
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
  readonly late: t.TypeOf<typeof Late>;
}

/** From the moment at which a message was due to be published to the call, so a stall counts for each that it delays. */
const run = ({ broker, sink, plan }: Bed, rate: number, program: Program): Promise<Run> =>
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
    if (E.isLeft(late)) throw new Error(`the publisher says: ${late.left}`);
    return { ...latencyMs, late: late.right };
  });

/** Latency at two rates. */
export const latency = async (bed: Bed): Promise<Comparison> => {
  const rows: Row[] = [];
  const notes: string[] = [];
  for (const rate of [100, 1_000]) {
    bed.tell(`latency at ${rate} messages a second`);
    const { ours, theirs } = await inTurns(
      bed.plan.pairs,
      () => run(bed, rate, daemon),
      () => run(bed, rate, naive),
    );
    const row = (name: string, pick: (one: Run) => number, more: Pick<Row, 'floors'> = {}) =>
      rows.push({
        measure: `latency at ${rate.toLocaleString('en')}/s, ${name}`,
        unit: 'ms',
        ours: ours.map(pick),
        theirs: theirs.map(pick),
        ...more,
      });
    row('p50', ({ p50 }) => p50);
    row('p99', ({ p99 }) => p99, rate === 1_000 ? { floors: [{ of: 'ratio', most: 0.7 }] } : {});
    row('p99.9', ({ p999 }) => p999);
    const late = (pick: (one: Run) => number): string => median([...ours, ...theirs].map(pick)).toFixed(2);
    notes.push(
      `At ${rate.toLocaleString('en')}/s the publisher itself was late by ${late((one) => one.late.p50)} ms (p50) and ${late((one) => one.late.p99)} ms (p99), which is in these figures.`,
    );
  }
  return { title: 'Latency', ours: 'cvmqtt', theirs: 'naive', rows, notes };
};
