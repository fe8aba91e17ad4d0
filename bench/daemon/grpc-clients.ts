import { scoped } from '../../spec/rig/at-end.js';
import type { Bed } from './bed.js';
import { type Comparison, inTurns } from './comparison.js';
import { stableMemory } from './idle.js';
import { daemon, daemonOnGrpcJs, type Program } from './programs.js';
import { startMs } from './start.js';
import { type FloodRun, floodRun } from './throughput.js';
import { makeUnit } from './unit.js';

const integrations = 10;

/** Resident memory of a subscribed, idle daemon, MB. */
const idleMb = ({ broker, sink }: Bed, program: Program): Promise<number> =>
  scoped(async (atEnd) => {
    const unit = await makeUnit(atEnd, { brokerPort: broker.port, cvmainPort: sink.port, integrations });
    const { pid } = program(atEnd, unit);
    await broker.subscribed(unit.clientId);
    return stableMemory(pid);
  });

/** The daemon with each library of `grpc_client`: under load, idle, and at start. */
export const grpcClients = async (bed: Bed): Promise<Comparison> => {
  const { broker, plan, progress } = bed;
  const both = <A>(pairs: number, run: (program: Program) => Promise<A>) =>
    inTurns(
      pairs,
      () => run(daemon),
      () => run(daemonOnGrpcJs),
    );
  progress('grpc clients, load');
  const load = { broker, integrations, messages: plan.messages.main };
  const { ours, theirs } = await both(plan.pairs, (program) => floodRun(bed, load, program));
  const row = (measure: string, unit: string, pick: (run: FloodRun) => number) => ({
    measure,
    unit,
    ours: ours.map(pick),
    theirs: theirs.map(pick),
  });
  progress('grpc clients, idle and start');
  const idle = await both(plan.pairs, (program) => idleMb(bed, program));
  const start = await both(plan.startPairs, (program) => startMs(bed, program));
  return {
    title: 'The gRPC clients',
    ours: 'http2',
    theirs: 'grpc-js',
    rows: [
      row('CPU per 100,000 messages', 's', ({ cpuPer100k }) => cpuPer100k),
      row('throughput, 10 integrations', 'msg/s', ({ perSecond }) => perSecond),
      row('RSS loaded, peak', 'MB', ({ mostMb }) => mostMb),
      { measure: 'RSS idle', unit: 'MB', ...idle },
      { measure: 'start to SUBACK', unit: 'ms', ...start },
    ],
  };
};
