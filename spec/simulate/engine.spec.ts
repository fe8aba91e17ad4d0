import { expect } from 'chai';
import fc from 'fast-check';
import { timer } from 'rxjs';
import { Agenda } from '../../simulate/engine/agenda.js';
import { canRunMicrotasks, outsideMicrotasks } from '../../simulate/engine/microtasks.js';
import { ProcessTime } from '../../simulate/engine/process-time.js';
import { Run } from '../../simulate/run.js';
import { planOf } from '../../simulate/scheme.js';
import { shrink } from '../../simulate/shrink.js';
import type { TraceEvent } from '../../simulate/trace.js';

const toEnd = (agenda: Agenda): void => {
  while (agenda.step());
};

describe('the agenda of the simulation', () => {
  it('runs tasks by time, and in the order of scheduling at the same time', () =>
    outsideMicrotasks(() =>
      fc.assert(
        fc.property(fc.array(fc.integer({ min: 0, max: 20 })), (delays) => {
          const agenda = new Agenda();
          const happened: { at: number; n: number }[] = [];
          delays.forEach((delay, n) => {
            agenda.in(delay, () => happened.push({ at: agenda.now, n }));
          });
          toEnd(agenda);
          const expected = delays
            .map((at, n) => ({ at, n }))
            .sort((one, other) => one.at - other.at || one.n - other.n);
          expect(happened).to.deep.equal(expected);
        }),
      ),
    ));

  it('runs all due microtasks between two tasks', () =>
    outsideMicrotasks(() => {
      expect(canRunMicrotasks()).to.equal(true);
      const agenda = new Agenda();
      const happened: string[] = [];
      agenda.in(1, async () => {
        for (let n = 0; n < 3; n += 1) {
          happened.push(`a${n}`);
          await undefined;
        }
      });
      agenda.in(1, () => happened.push('b'));
      toEnd(agenda);
      expect(happened).to.deep.equal(['a0', 'a1', 'a2', 'b']);
    }));

  it('skips cancelled tasks', () =>
    outsideMicrotasks(() => {
      const agenda = new Agenda();
      const due = agenda.in(1, () => expect.fail());
      due.task = undefined;
      expect(agenda.step()).to.equal(false);
    }));
});

describe('the time of a simulated process', () => {
  it('counts the timers that are set, and ends with the process', () =>
    outsideMicrotasks(() => {
      const agenda = new Agenda();
      let isAlive = true;
      const time = new ProcessTime(agenda, () => isAlive, 5_000);
      const fired: number[] = [];
      const subscription = timer(10, time).subscribe(() => fired.push(time.now()));
      timer(20, time).subscribe(() => fired.push(time.now()));
      timer(30, time).subscribe(() => fired.push(time.now()));
      expect(time.pending).to.equal(3);
      subscription.unsubscribe();
      expect(time.pending).to.equal(2);
      agenda.in(25, () => {
        isAlive = false;
      });
      toEnd(agenda);
      expect(fired).to.deep.equal([5_020]);
    }));
});

describe('a run of the simulation', () => {
  const tracedRun = (seed: number): Promise<readonly TraceEvent[]> =>
    outsideMicrotasks(() => {
      const events: TraceEvent[] = [];
      new Run(planOf(seed), { trace: (event) => events.push(event) }).run();
      return events;
    });

  it('is the same for the same seed, step by step', async () => {
    for (const seed of [1, 2, 3, 4, 5]) expect(await tracedRun(seed)).to.deep.equal(await tracedRun(seed));
  });

  it('that fails is shrunk to what makes it fail in the same way', () =>
    outsideMicrotasks(() => {
      const ignored = new Set<never>();
      for (let seed = 1; seed < 500; seed += 1) {
        const plan = planOf(seed);
        const { violation } = new Run(plan).run();
        if (violation === undefined) continue;
        const small = shrink(plan, violation.invariant, { ignored });
        expect(small.events.length).to.be.at.most(plan.events.length);
        expect(new Run(small).run().violation?.invariant).to.equal(violation.invariant);
        return;
      }
    }));
});
