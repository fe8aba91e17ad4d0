import { join } from 'node:path';
import { type AtEnd, scoped } from '../../spec/rig/at-end.js';
import { startChild } from '../../spec/rig/child.js';
import { startCvmqtt } from '../../spec/rig/daemon.js';
import { flood } from '../../spec/rig/flood.js';
import type { Bed } from './bed.js';
import { type Comparison, inTurns } from './comparison.js';
import { cpuSeconds } from './cost.js';
import { payloadOf } from './message.js';
import { daemon, whileRunning } from './programs.js';
import { makeUnit, type Unit } from './unit.js';

const integrations = 10;

interface Run {
  readonly perSecond: number;
  readonly cpuPer100k: number;
}

/** Starts another client for the same messages; resolves when it is subscribed. */
type Listener = (atEnd: AtEnd, bed: Bed, unit: Unit) => Promise<unknown>;

const nobody: Listener = () => Promise.resolve();

const capture: Listener = (atEnd, _bed, { home }) =>
  startCvmqtt(atEnd, ['capture', home, '-o', join(home, 'capture.ndjson')]).stderr.first(
    'the capture to be subscribed',
    (line) => line.startsWith('subscribed'),
  );

/** The cheapest client: its cost is the broker's share. */
const mosquittoSub: Listener = (atEnd, { broker }, { filter }) => {
  const args = ['-i', 'listener', '-p', String(broker.port), '-q', '1', '-t', filter];
  startChild(atEnd, 'sh', ['-c', 'exec mosquitto_sub "$@" >/dev/null', 'sh', ...args]);
  return broker.subscribed('listener');
};

/** Measures the daemon from the first call to the last, while messages are published as fast as the broker takes them. */
const run = (bed: Bed, listener: Listener): Promise<Run> =>
  scoped(async (atEnd) => {
    const { broker, sink, plan } = bed;
    const unit = await makeUnit(atEnd, { brokerPort: broker.port, cvmainPort: sink.port, integrations });
    const child = daemon(atEnd, unit);
    await broker.subscribed(unit.clientId);
    await listener(atEnd, bed, unit);
    const count = plan.messages.main;
    const calls = await sink.expect({ count, timed: false });
    const cpuBefore = await cpuSeconds(child.pid);
    await flood(broker.port, unit.topic, count, (n) => payloadOf(n, integrations));
    const { firstAt, lastAt } = await whileRunning(child, calls.all);
    const used = (await cpuSeconds(child.pid)) - cpuBefore;
    return { perSecond: (count / (lastAt - firstAt)) * 1_000, cpuPer100k: (used / count) * 100_000 };
  });

/** What a capture of the live messages costs the daemon. */
export const captureCost = async (bed: Bed): Promise<Comparison> => {
  const withListener = async (listener: Listener) => {
    const { ours, theirs } = await inTurns(
      bed.plan.pairs,
      () => run(bed, listener),
      () => run(bed, nobody),
    );
    const of = (pick: (one: Run) => number) => ({ ours: ours.map(pick), theirs: theirs.map(pick) });
    return { perSecond: of((one) => one.perSecond), cpu: of((one) => one.cpuPer100k) };
  };
  bed.progress('capture as second listener');
  const withCapture = await withListener(capture);
  bed.progress('mosquitto_sub as second listener');
  const withSub = await withListener(mosquittoSub);
  return {
    title: 'A second listener on the live messages',
    ours: 'with it',
    theirs: 'without',
    rows: [
      {
        measure: 'throughput, cvmqtt capture',
        unit: 'msg/s',
        ...withCapture.perSecond,
        bounds: [{ of: 'ratio', least: 0.9 }],
      },
      { measure: "the daemon's CPU per 100,000, cvmqtt capture", unit: 's', ...withCapture.cpu },
      { measure: 'throughput, mosquitto_sub', unit: 'msg/s', ...withSub.perSecond },
    ],
    notes: [
      'All cores are saturated; the row of mosquitto_sub shows what a second listener costs at the broker alone.',
    ],
  };
};
