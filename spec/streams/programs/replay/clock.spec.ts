import { expect } from 'chai';
import { VirtualTimeScheduler } from 'rxjs';
import { passingClock, virtualClock } from '../../../../streams/programs/replay/clock.js';

describe('virtualClock: time that jumps from record to record', () => {
  it('runs due tasks in order, each at its own time, before the clock moves on', () => {
    const clock = virtualClock();
    const done: string[] = [];
    const note = (what: string) => () => done.push(`${what} at ${clock.scheduler.now()}`);
    clock.reach(5);
    clock.scheduler.schedule(note('b'), 10);
    clock.scheduler.schedule(note('a'), 5);
    clock.scheduler.schedule(note('c'), 11);
    clock.reach(15);
    expect(done).to.deep.equal(['a at 10', 'b at 15']);
    expect(clock.scheduler.now()).to.equal(15);
    clock.end();
    expect(done.at(-1)).to.equal('c at 16');
  });

  it('never goes back, even if the records of a capture do', () => {
    const clock = virtualClock();
    clock.reach(100);
    clock.reach(50);
    expect(clock.scheduler.now()).to.equal(100);
  });

  it('skips cancelled tasks, and runs tasks that other tasks schedule', () => {
    const clock = virtualClock();
    const done: number[] = [];
    clock.scheduler.schedule(() => done.push(1), 5).unsubscribe();
    clock.scheduler.schedule(() => clock.scheduler.schedule(() => done.push(2), 5), 1);
    clock.reach(6);
    expect(done).to.deep.equal([2]);
  });
});

describe('passingClock: time at another speed', () => {
  for (const [speed, realMs] of [
    [1, 100],
    [10, 10],
    [0.5, 200],
  ] as const) {
    it(`100 ms of the capture are ${realMs} ms at ${speed}x`, () => {
      const real = new VirtualTimeScheduler();
      real.frame = 7_000;
      const clock = passingClock(real, speed);
      const at: { readonly real: number; readonly own: number }[] = [];
      clock.scheduler.schedule(() => at.push({ real: real.now() - 7_000, own: clock.scheduler.now() }), 100);
      real.flush();
      expect(at).to.deep.equal([{ real: realMs, own: 100 }]);
    });
  }

  it('does not fire at once a timer beyond the longest one of Node.js', () => {
    const real = new VirtualTimeScheduler();
    const asked: number[] = [];
    const schedule = real.schedule.bind(real);
    real.schedule = (work, delay = 0, state) => {
      asked.push(delay);
      return schedule(work, delay, state);
    };
    const clock = passingClock(real, 0.001);
    let at = 0;
    clock.scheduler.schedule(
      () => {
        at = real.now();
      },
      2 ** 31 - 1,
    );
    clock.scheduler.schedule(() => expect.fail('it was cancelled'), 2 ** 31 - 1).unsubscribe();
    real.flush();
    expect(at).to.equal((2 ** 31 - 1) * 1_000);
    expect(Math.max(...asked)).to.equal(2 ** 31 - 1);
  });
});
