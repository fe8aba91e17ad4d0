import { setTimeout as passing } from 'node:timers/promises';
import { type AtEnd, scoped } from '../../spec/rig/at-end.js';
import { flood } from '../../spec/rig/flood.js';
import type { Bed } from './bed.js';
import { makeSession } from './broker.js';
import type { Comparison } from './comparison.js';
import { memoryOf } from './cost.js';
import { payloadOf } from './message.js';
import { daemon, naive, whileRunning } from './programs.js';
import { makeUnit, type Unit } from './unit.js';

const integrations = 10;
/** A program that uses more resident memory is ended, MB. */
const enoughMb = 2_000;

/** A unit with the whole backlog waiting at the broker. */
const unitWithBacklog = async ({ broker, sink, plan }: Bed, atEnd: AtEnd): Promise<Unit> => {
  const unit = await makeUnit(atEnd, { brokerPort: broker.port, cvmainPort: sink.port, integrations });
  await makeSession(broker, unit.clientId, unit.filter);
  await flood(broker.port, unit.topic, plan.backlog, (n) => payloadOf(n, integrations));
  return unit;
};

/** Peak memory of the daemon in several runs, MB. Each run delivers the next part of one backlog. */
const peaks = (bed: Bed): Promise<readonly number[]> =>
  scoped(async (atEnd) => {
    const unit = await unitWithBacklog(bed, atEnd);
    const most: number[] = [];
    // A run delivers a few more before it stops, hence one spare part.
    const count = Math.floor(bed.plan.backlog / (bed.plan.pairs + 1));
    for (let run = 0; run < bed.plan.pairs; run += 1) {
      const calls = await bed.sink.expect({ count, timed: false });
      const child = daemon(atEnd, unit);
      await whileRunning(child, calls.all);
      most.push((await memoryOf(child.pid)).most);
      await child.end('SIGTERM');
    }
    return most;
  });

/** Peak memory of the naive program, MB, and whether it was ended for using too much. */
const naivePeak = (bed: Bed): Promise<{ readonly most: number; readonly ended: boolean }> =>
  scoped(async (atEnd) => {
    const unit = await unitWithBacklog(bed, atEnd);
    const calls = await bed.sink.expect({ count: bed.plan.backlog, timed: false });
    const child = naive(atEnd, unit);
    let over = false;
    const finish = (): void => {
      over = true;
    };
    void calls.all.then(finish, finish);
    void child.exited.then(finish);
    let most = 0;
    while (!over && most < enoughMb) {
      most = (await memoryOf(child.pid)).most;
      await passing(50);
    }
    return { most, ended: !over };
  });

/** Memory with a very long queue at the broker. */
export const backlog = async (bed: Bed): Promise<Comparison> => {
  const waiting = bed.plan.backlog.toLocaleString('en');
  bed.progress(`a backlog of ${waiting}`);
  const ours = await peaks(bed);
  bed.progress(`a backlog of ${waiting}, naive`);
  const { most, ended } = await naivePeak(bed);
  return {
    title: 'Backlog',
    ours: 'cvmqtt',
    theirs: 'naive',
    rows: [
      {
        measure: `RSS with ${waiting} queued, peak`,
        unit: 'MB',
        ours,
        theirs: [most],
        bounds: [{ of: 'value', most: 110 }],
      },
    ],
    notes: [
      `The daemon ran ${ours.length} times, each on a part of one backlog; naive once${ended ? `, and was ended when it passed ${enoughMb.toLocaleString('en')} MB` : ''}.`,
    ],
  };
};
