import { scoped } from '../../spec/rig/at-end.js';
import { tapWire } from '../../spec/rig/wire-tap.js';
import type { Bed } from './bed.js';
import { type Comparison, inTurns } from './comparison.js';
import { daemon, naive, type Program } from './programs.js';
import { makeUnit } from './unit.js';

/** Time from the start of the process until its SUBACK, ms. */
export const startMs = ({ broker, sink }: Bed, program: Program): Promise<number> =>
  scoped(async (atEnd) => {
    const tap = await tapWire(atEnd, broker.port);
    const unit = await makeUnit(atEnd, { brokerPort: tap.port, cvmainPort: sink.port, integrations: 10 });
    const acknowledged = tap.packets.first('SUBACK', ({ packet }) => packet.cmd === 'suback');
    const startedAt = performance.now();
    program(atEnd, unit);
    await acknowledged;
    return performance.now() - startedAt;
  });

/** From start to SUBACK. */
export const start = async (bed: Bed): Promise<Comparison> => {
  bed.progress('start');
  // Warms the file cache: the first run of each reads its files from the disk.
  for (const program of [daemon, naive]) await startMs(bed, program);
  const runs = await inTurns(
    bed.plan.startPairs,
    () => startMs(bed, daemon),
    () => startMs(bed, naive),
  );
  const bounds = [{ of: 'ratio', most: 0.6 }] as const;
  const rows = [{ measure: 'start to SUBACK', unit: 'ms', ...runs, bounds }];
  return { title: 'Start', ours: 'cvmqtt', theirs: 'naive', rows };
};
