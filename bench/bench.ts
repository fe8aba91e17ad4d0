/**
 * Compares the daemon with a naive program: `npm run bench`, about half an hour. Options:
 *   --quick      smaller runs, to check that the measures work
 *   --only A,B   only these measures
 *   --write      also writes bench/RESULTS.md and bench/plots
 * CVMQTT_BIN names another build of cvmqtt.
 */
import { parseArgs } from 'node:util';
import { complain, print } from '../bin/command.js';
import { showDuration } from '../lib/util/duration.js';
import { scoped } from '../spec/rig/at-end.js';
import { backlog } from './daemon/backlog.js';
import type { Bed } from './daemon/bed.js';
import { startBroker } from './daemon/broker.js';
import { captureCost } from './daemon/capture-cost.js';
import { circumstances } from './daemon/circumstances.js';
import { cleanUpAtExit } from './daemon/clean-up.js';
import type { Comparison } from './daemon/comparison.js';
import { grpcClients } from './daemon/grpc-clients.js';
import { idle } from './daemon/idle.js';
import { latency } from './daemon/latency.js';
import { full, quick } from './daemon/plan.js';
import { replay } from './daemon/replay.js';
import { writeResults } from './daemon/results.js';
import { routing } from './daemon/routing.js';
import { startSink } from './daemon/sink.js';
import { start } from './daemon/start.js';
import { table } from './daemon/table.js';
import { throughput } from './daemon/throughput.js';

/** In-flight limits of the broker: a typical default, and the size of the daemon's window. */
const inFlight = { small: 20, asTheWindow: 256 };

const measures: Record<string, (bed: Bed) => Promise<Comparison>> = {
  throughput: (bed) => scoped(async (atEnd) => throughput(bed, await startBroker(atEnd, inFlight.small))),
  latency: (bed) =>
    scoped(async (atEnd) =>
      latency(bed, await startBroker(atEnd, inFlight.asTheWindow, ['set_tcp_nodelay true'])),
    ),
  start,
  idle,
  backlog,
  routing,
  replay,
  capture: captureCost,
  grpc: grpcClients,
};

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string', default: Object.keys(measures).join(',') },
    write: { type: 'boolean', default: false },
  },
});

const startedAt = performance.now();
const progress = (line: string): void =>
  complain(`${showDuration(Math.round((performance.now() - startedAt) / 1_000) * 1_000)}  ${line}`);

cleanUpAtExit();
const comparisons: Comparison[] = [];
for (const name of values.only.split(',')) {
  const measure = measures[name];
  if (measure === undefined)
    throw new Error(`no such measure: ${name}; there are ${Object.keys(measures).join(', ')}`);
  try {
    await scoped(async (atEnd) => {
      const broker = await startBroker(atEnd, inFlight.asTheWindow);
      const sink = await startSink(atEnd);
      const comparison = await measure({ broker, sink, plan: values.quick ? quick : full, progress });
      comparisons.push(comparison);
      print(`\n${comparison.title}\n\n${table(comparison)}\n`);
    });
  } catch (error) {
    // The other measures still run.
    process.exitCode = 1;
    complain(`${name}: ${error instanceof Error ? error.stack : error}`);
  }
}
progress('done');
if (values.write)
  await writeResults(
    `npm run bench --${values.quick ? ' --quick' : ''} --write`,
    await circumstances(),
    comparisons,
  );
