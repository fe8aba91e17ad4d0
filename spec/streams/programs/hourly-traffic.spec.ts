import { expect } from 'chai';
import { VirtualTimeScheduler } from 'rxjs';
import type { DaemonEvent } from '../../../lib/log/event.js';
import { newTally } from '../../../lib/rules/tally.js';
import { Counters } from '../../../lib/status/counters.js';
import { hourlyTraffic } from '../../../streams/programs/hourly-traffic.js';
import { settlements } from '../../support/events.js';

const hourMs = 3_600_000;
const settledFor = (app: string, kind: 'notified' | 'spooled' | 'letter') => settlements(app)[kind];

/** What is reported until the end of that many hours; each script runs at its time, ms. */
const reported = (
  hours: number,
  ...scripts: readonly (readonly [at: number, run: (counters: Counters) => void])[]
) => {
  const scheduler = new VirtualTimeScheduler(undefined, hours * hourMs);
  const counters = new Counters();
  counters.registered(['int1', 'int2']);
  const events: (readonly [hour: number, DaemonEvent])[] = [];
  for (const [at, run] of scripts) scheduler.schedule(() => run(counters), at);
  const hourly = hourlyTraffic(counters, scheduler, (event) =>
    events.push([scheduler.now() / hourMs, event]),
  );
  scheduler.flush();
  hourly.unsubscribe();
  return events;
};

describe('the hourly line of traffic', () => {
  it('has what was settled in that hour, by result and by app, the busiest first', () => {
    const first = (counters: Counters): void => {
      counters.settled(settledFor('int1', 'notified'), 0);
      counters.settled(settledFor('int2', 'notified'), 0);
      counters.settled(settledFor('int2', 'spooled'), 0);
      counters.settled(settledFor('nobody', 'letter'), 0);
    };
    const second = (counters: Counters): void => {
      counters.settled(settledFor('int1', 'letter'), 0);
      counters.tally.dead_letters_lost += 1;
    };
    expect(reported(2, [5, first], [hourMs + 5, second])).to.deep.equal([
      [
        1,
        {
          kind: 'traffic',
          tally: { ...newTally(), notified: 2, spooled: 1, unregistered: 1 },
          apps: [
            { name: 'int2', notified: 1, spooled: 1, dead_letters: 0 },
            { name: 'int1', notified: 1, spooled: 0, dead_letters: 0 },
          ],
        },
      ],
      [
        2,
        {
          kind: 'traffic',
          tally: { ...newTally(), unregistered: 1, dead_letters_lost: 1 },
          apps: [{ name: 'int1', notified: 0, spooled: 0, dead_letters: 1 }],
        },
      ],
    ]);
  });

  it('is left out of an idle hour', () => {
    const one = (counters: Counters) => counters.settled(settledFor('int1', 'notified'), 0);
    expect(reported(30, [5 * hourMs + 1, one]).map(([hour]) => hour)).to.deep.equal([6]);
  });

  it('counts an app that registered again from there', () => {
    const three = (counters: Counters): void => {
      for (let n = 0; n < 3; n += 1) counters.settled(settledFor('int1', 'notified'), 0);
    };
    const again = (counters: Counters): void => {
      counters.registered([]);
      counters.registered(['int1']);
      counters.settled(settledFor('int1', 'notified'), 0);
    };
    const [, second] = reported(2, [1, three], [hourMs + 1, again]);
    expect(second?.[1]).to.deep.include({
      tally: { ...newTally(), notified: 1 },
      apps: [{ name: 'int1', notified: 1, spooled: 0, dead_letters: 0 }],
    });
  });

  it('names ten apps at most', () => {
    const names = Array.from({ length: 30 }, (_, n) => `int${n}`);
    const all = (counters: Counters): void => {
      counters.registered(names);
      for (const name of names) counters.settled(settledFor(name, 'notified'), 0);
    };
    const [first] = reported(1, [1, all]);
    expect(first?.[1].kind === 'traffic' && first[1].apps).to.have.length(10);
  });
});
