import { scoped } from '../../spec/rig/at-end.js';
import { flood } from '../../spec/rig/flood.js';
import type { Bed } from './bed.js';
import { type Broker, makeSession } from './broker.js';
import { monotonicMs } from './clock.js';
import { type Comparison, inTurns, type Row } from './comparison.js';
import { cpuSeconds, memoryOf } from './cost.js';
import { payloadOf } from './message.js';
import { daemon, naive, type Program, whileRunning } from './programs.js';
import { median } from './statistics.js';
import { makeUnit } from './unit.js';

interface Load {
  readonly broker: Broker;
  readonly integrations: number;
  readonly messages: number;
}

/** Figures of one run under load. */
export interface FloodRun {
  readonly perSecond: number;
  readonly cpuPer100k: number;
  readonly mostMb: number;
  readonly sinkCpuMicros: number;
  readonly sinkBusy: number;
}

/** Measures a program on messages queued at the broker, from its subscription to the last call. */
export const floodRun = (
  { sink }: Bed,
  { broker, integrations, messages }: Load,
  program: Program,
): Promise<FloodRun> =>
  scoped(async (atEnd) => {
    const unit = await makeUnit(atEnd, { brokerPort: broker.port, cvmainPort: sink.port, integrations });
    await makeSession(broker, unit.clientId, unit.filter);
    await flood(broker.port, unit.topic, messages, (n) => payloadOf(n, integrations));
    const calls = await sink.expect({ count: messages, timed: false });
    const child = program(atEnd, unit);
    await broker.subscribed(unit.clientId, 2);
    const startedAt = monotonicMs();
    const cpuBefore = await cpuSeconds(child.pid);
    const { firstAt, lastAt, cpuS } = await whileRunning(child, calls.all);
    const tookMs = lastAt - startedAt;
    const used = (await cpuSeconds(child.pid)) - cpuBefore;
    return {
      perSecond: (messages / tookMs) * 1_000,
      cpuPer100k: (used / messages) * 100_000,
      mostMb: (await memoryOf(child.pid)).most,
      sinkCpuMicros: (cpuS / messages) * 1e6,
      sinkBusy: (cpuS * 1_000) / (lastAt - firstAt),
    };
  });

/** Throughput, and for 10 integrations also memory and CPU. `small` is a broker with a small in-flight limit. */
export const throughput = async (bed: Bed, small: Broker): Promise<Comparison> => {
  const { broker, plan, progress } = bed;
  const rows: Row[] = [];
  const notes: string[] = [];
  for (const { name, load, bounds } of [
    { name: '1 integration', load: { broker, integrations: 1, messages: plan.messages.other } },
    {
      name: '10 integrations',
      load: { broker, integrations: 10, messages: plan.messages.main },
      bounds: [{ of: 'ratio', least: 1.8 }] as const,
    },
    { name: '1,000 integrations', load: { broker, integrations: 1_000, messages: plan.messages.other } },
    {
      name: '10 integrations, 20 in flight',
      load: { broker: small, integrations: 10, messages: plan.messages.other },
    },
  ]) {
    progress(`throughput, ${name}`);
    const { ours, theirs } = await inTurns(
      plan.pairs,
      () => floodRun(bed, load, daemon),
      () => floodRun(bed, load, naive),
    );
    const row = (measure: string, unit: string, pick: (one: FloodRun) => number, more: Pick<Row, 'bounds'>) =>
      rows.push({ measure, unit, ours: ours.map(pick), theirs: theirs.map(pick), ...more });
    row(`throughput, ${name}`, 'msg/s', ({ perSecond }) => perSecond, bounds === undefined ? {} : { bounds });
    if (bounds === undefined) continue;
    row('CPU per 100,000 messages', 's', ({ cpuPer100k }) => cpuPer100k, {
      bounds: [{ of: 'ratio', most: 0.6 }],
    });
    row('RSS loaded, peak', 'MB', ({ mostMb }) => mostMb, { bounds: [{ of: 'value', most: 110 }] });
    const micros = median(ours.map(({ sinkCpuMicros }) => sinkCpuMicros));
    const busy = median(ours.map(({ sinkBusy }) => sinkBusy));
    notes.push(
      `The sink used ${micros.toFixed(1)} µs of CPU per call of the daemon: it could take ${Math.round(1e6 / micros).toLocaleString('en')} a second, and was busy ${Math.round(busy * 100)}% of the time.`,
    );
  }
  return { title: 'Throughput', ours: 'cvmqtt', theirs: 'naive', rows, notes };
};
