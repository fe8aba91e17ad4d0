import { fileURLToPath } from 'node:url';
import { scoped } from '../../spec/rig/at-end.js';
import { startChild } from '../../spec/rig/child.js';
import type { Bed } from './bed.js';
import { type Comparison, inTurns } from './comparison.js';

const program = fileURLToPath(new URL('./routing-process.ts', import.meta.url));
const timeout = { ms: 120_000 };

const run = (integrations: number, messages: number): Promise<number> =>
  scoped(async (atEnd) => {
    const args = ['--import', 'tsx', program, `${integrations}`, `${messages}`];
    const child = startChild(atEnd, process.execPath, args);
    return Number(await child.stdout.first('the pipeline to end', undefined, timeout));
  });

/** Time of the pipeline per message, with decoding, when cvmain accepts at once: for few and for many integrations. */
export const routing = async ({ plan, progress }: Bed): Promise<Comparison> => {
  progress('routing alone');
  const runs = await inTurns(
    plan.pairs,
    () => run(100_000, plan.routed),
    () => run(10, plan.routed),
  );
  return {
    title: 'Routing alone',
    ours: '100,000 registered',
    theirs: '10 registered',
    rows: [{ measure: 'pipeline, per message', unit: 'ns', ...runs }],
  };
};
