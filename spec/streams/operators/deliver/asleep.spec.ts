import { expect } from 'chai';
import { BehaviorSubject, map, of, type SchedulerLike, timer, VirtualTimeScheduler } from 'rxjs';
import type { Outcome } from '../../../../lib/rules/delivery/outcome.js';
import type { Settlement } from '../../../../lib/rules/settlement.js';
import { type PipelineDeps, pipeline } from '../../../../streams/pipeline.js';
import { allIsWell, answering } from '../../../support/deps.js';
import { endingInDetail, publishOf, registered } from '../../../support/shorthand.js';

/** Time in which the system may sleep: then it passes, and timers don't run. */
const sleepy = () => {
  const awake = new VirtualTimeScheduler();
  let asleepMs = 0;
  const scheduler: SchedulerLike = {
    now: () => awake.now() + asleepMs,
    schedule: awake.schedule.bind(awake),
  };
  const sleep = (ms: number): void => {
    asleepMs += ms;
  };
  return { awake, scheduler, sleep };
};

/** A message that is good for 1,000 ms is taken, the system sleeps for an hour 100 ms later, and something happens then. */
const slept = (
  more: (time: VirtualTimeScheduler) => Partial<PipelineDeps>,
  awoken: () => void = () => undefined,
): readonly string[] => {
  const { awake, scheduler, sleep } = sleepy();
  const ends: Settlement[] = [];
  of(publishOf(1, { json: { function: 'int1-open', timeout: 1_000 } }))
    .pipe(pipeline({ ...allIsWell, holdUnregisteredMs: 60_000, ...more(awake), scheduler }))
    .subscribe((end) => ends.push(end));
  awake.schedule(() => {
    sleep(3_600_000);
    awoken();
  }, 100);
  awake.flush();
  return ends.map(endingInDetail);
};

describe('deliver: while the system sleeps', () => {
  it('a message gets older: its app is not given it after that', () => {
    const set = new BehaviorSubject(registered([]));
    const awoken = (): void => set.next(registered(['int1']));
    expect(slept(() => ({ integrations$: set }), awoken)).to.deep.equal(['expired, 0 calls, 3600100 ms']);
  });

  it('a message gets older: it is not tried again after that', () => {
    const fails = (time: VirtualTimeScheduler): Partial<PipelineDeps> => ({
      retry: { baseMs: 300, capMs: 300 },
      random: () => 1,
      notify: answering(() => timer(50, time).pipe(map((): Outcome => ({ kind: 'failed', detail: '' })))),
    });
    expect(slept(fails)).to.deep.equal(['expired, 1 calls, 3600350 ms']);
  });
});
