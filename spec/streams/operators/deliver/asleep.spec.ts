import { expect } from 'chai';
import { BehaviorSubject, map, of, type SchedulerLike, timer, VirtualTimeScheduler } from 'rxjs';
import type { Outcome } from '../../../../lib/rules/delivery/outcome.js';
import type { Settlement } from '../../../../lib/rules/settlement.js';
import { type PipelineDeps, pipeline } from '../../../../streams/pipeline.js';
import { allIsWell, answering } from '../../../support/deps.js';
import { endingInDetail, publishOf, registered } from '../../../support/shorthand.js';

/** A clock whose system may sleep: time passes, but timers don't run. */
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

/** Takes a message with a lifetime of 1,000 ms, sleeps for an hour 100 ms later, and then lets something happen. */
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
  it('counts the sleep as age: an expired message is not delivered', () => {
    const set = new BehaviorSubject(registered([]));
    const awoken = (): void => set.next(registered(['int1']));
    expect(slept(() => ({ integrations$: set }), awoken)).to.deep.equal(['expired, 0 calls, 3600100 ms']);
  });

  it('counts the sleep as age: an expired message is not retried', () => {
    const fails = (time: VirtualTimeScheduler): Partial<PipelineDeps> => ({
      retry: { baseMs: 300, capMs: 300 },
      random: () => 1,
      notify: answering(() => timer(50, time).pipe(map((): Outcome => ({ kind: 'failed', detail: '' })))),
    });
    expect(slept(fails)).to.deep.equal(['expired, 1 calls, 3600350 ms']);
  });
});
