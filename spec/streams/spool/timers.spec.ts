import { expect } from 'chai';
import {
  type SchedulerAction,
  type SchedulerLike,
  Subject,
  type Subscription,
  VirtualTimeScheduler,
} from 'rxjs';
import type { Publish } from '../../../lib/rules/message/publish.js';
import { pipeline } from '../../../streams/pipeline.js';
import { allIsWell, spoolRules } from '../../support/deps.js';
import { publishOf } from '../../support/shorthand.js';
import { MemorySpool } from '../../support/spool-world.js';

describe('the spool: a daemon that runs for months', () => {
  it('keeps no timer that has fired', () => {
    const time = new VirtualTimeScheduler();
    const timers: Subscription[] = [];
    const scheduler: SchedulerLike = {
      now: () => time.now(),
      schedule: <T>(work: (this: SchedulerAction<T>, state?: T) => void, delay = 0, state?: T) => {
        const timer = time.schedule(work, delay, state);
        timers.push(timer);
        return timer;
      },
    };
    const publish$ = new Subject<Publish>();
    const fullDisk = new MemorySpool(time, 0);
    const spool = { spool: fullDisk, rules: spoolRules };
    const run = publish$
      .pipe(pipeline({ ...allIsWell, holdUnregisteredMs: 60_000, scheduler, spool }))
      .subscribe();
    // More wait for their app to register than may be held, so writes are retried as long as they are held.
    for (let n = 1; n <= 20; n += 1) publish$.next(publishOf(n, 'int2-a'));
    time.flush();
    // Less and less often, as the disk is full.
    expect(timers.length).to.be.within(20, 60);
    // It closes the remaining ones on unsubscribe.
    run.unsubscribe();
    expect(timers.filter(({ closed }) => closed).length).to.be.below(2);
  });
});
