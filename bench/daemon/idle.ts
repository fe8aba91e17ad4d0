import { setTimeout as passing } from 'node:timers/promises';
import { scoped } from '../../spec/rig/at-end.js';
import type { Bed } from './bed.js';
import type { Comparison } from './comparison.js';
import { cpuSeconds, memoryOf } from './cost.js';
import { daemon, naive, type Program } from './programs.js';
import { makeUnit } from './unit.js';

/** Memory counts as stable when this many consecutive samples are within this range. */
const stable = { samples: 8, everyMs: 250, withinMb: 0.3 };

/** CPU time is shown for this period, s, and measured over a longer one, as an idle daemon does little. */
const shownS = 30;

/** Resolves with the resident memory once it is stable, MB. */
export const stableMemory = async (pid: number): Promise<number> => {
  const samples: number[] = [];
  for (;;) {
    samples.push((await memoryOf(pid)).now);
    const last = samples.slice(-stable.samples);
    if (last.length === stable.samples && Math.max(...last) - Math.min(...last) <= stable.withinMb)
      return last.at(-1) ?? Number.NaN;
    await passing(stable.everyMs);
  }
};

/** Memory and CPU of subscribed, idle programs; all pairs run at the same time. */
export const idle = (bed: Bed): Promise<Comparison> =>
  scoped(async (atEnd) => {
    const { broker, sink, plan, progress } = bed;
    progress('idle');
    const started = async (program: Program): Promise<number> => {
      const unit = await makeUnit(atEnd, {
        brokerPort: broker.port,
        cvmainPort: sink.port,
        integrations: 10,
      });
      const { pid } = program(atEnd, unit);
      await broker.subscribed(unit.clientId);
      return pid;
    };
    const pids: { ours: number[]; theirs: number[] } = { ours: [], theirs: [] };
    for (let pair = 0; pair < plan.pairs; pair += 1) {
      pids.ours.push(await started(daemon));
      pids.theirs.push(await started(naive));
    }
    const ofEach = async (measure: (pid: number) => Promise<number>) => ({
      ours: await Promise.all(pids.ours.map(measure)),
      theirs: await Promise.all(pids.theirs.map(measure)),
    });
    // Garbage is collected again when V8 becomes idle, and code that runs for the first time is slow.
    await passing(plan.restS * 1_000);
    const memory = await ofEach(stableMemory);
    const before = await ofEach(cpuSeconds);
    await passing(plan.idleS * 1_000);
    const after = await ofEach(cpuSeconds);
    const used = (side: 'ours' | 'theirs'): readonly number[] =>
      after[side].map((seconds, at) => ((seconds - (before[side][at] ?? 0)) * 1_000 * shownS) / plan.idleS);
    return {
      title: 'Idle',
      ours: 'cvmqtt',
      theirs: 'naive',
      rows: [
        { measure: 'RSS idle', unit: 'MB', ...memory, bounds: [{ of: 'value', most: 60 }] },
        {
          measure: `CPU in ${shownS} s of idleness, mean of ${plan.idleS} s`,
          unit: 'ms',
          ours: used('ours'),
          theirs: used('theirs'),
          bounds: [{ of: 'ratio', most: 0.3 }],
        },
      ],
    };
  });
