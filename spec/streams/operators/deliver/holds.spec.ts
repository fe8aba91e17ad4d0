import { expect } from 'chai';
import { concat, map, NEVER, type Observable, of, timer, VirtualTimeScheduler } from 'rxjs';
import type { Held, Released } from '../../../../lib/rules/delivery/hold.js';
import { type PipelineDeps, pipeline } from '../../../../streams/pipeline.js';
import { allIsWell, spoolRules } from '../../../support/deps.js';
import { publishOf, registered, type Sent } from '../../../support/shorthand.js';
import { MemorySpool } from '../../../support/spool-world.js';

const shown = (event: Held | Released): string =>
  event.kind === 'held'
    ? `held ${event.message.name} up to ${event.waitMs} ms, not among ${[...event.integrations.keys()].join()}`
    : `released ${event.message.name} after ${event.afterMs} ms, ${event.messages}${event.andSpooled ? ' and spooled' : ''}`;

/** What is reported about holds of up to 1,000 ms: messages come at their times, in ms, and then sets do. */
const reported = (
  messages: readonly (readonly [at: number, sent: Sent])[],
  sets: readonly (readonly [at: number, names: readonly string[]])[] = [],
  more: (time: VirtualTimeScheduler) => Partial<PipelineDeps> = () => ({}),
): readonly string[] => {
  const time = new VirtualTimeScheduler(undefined, 10_000);
  const each = <A>(all: readonly (readonly [number, A])[]): Observable<A> =>
    concat(
      ...all.map(([at, value], n) => timer(at - (all[n - 1]?.[0] ?? 0), time).pipe(map(() => value))),
      NEVER,
    );
  const events: string[] = [];
  each(messages)
    .pipe(
      map((sent, n) => publishOf(n + 1, sent)),
      pipeline({
        ...allIsWell,
        integrations$: concat(
          of(registered(['other'])),
          each(sets.map(([at, names]) => [at, registered(names)] as const)),
        ),
        holdUnregisteredMs: 1_000,
        holds: (event) => events.push(`${time.now()}: ${shown(event)}`),
        scheduler: time,
        ...more(time),
      }),
    )
    .subscribe();
  time.flush();
  return events;
};

describe('deliver: the reports of holds', () => {
  it('say when a message begins to wait for its app, and when that has registered', () => {
    expect(
      reported(
        [
          [0, 'other-a'],
          [5, 'int1-a'],
          [6, 'int1-b'],
          [7, 'other-b'],
        ],
        [[9, ['int1', 'other']]],
      ),
    ).to.deep.equal(['5: held int1-a up to 1000 ms, not among other', '9: released int1-a after 4 ms, 2']);
  });

  it('leave out the end of a hold that is over: its messages are dead letters', () => {
    expect(
      reported([
        [0, 'int1-a'],
        [300, 'int1-b'],
      ]),
    ).to.deep.equal(['0: held int1-a up to 1000 ms, not among other']);
  });

  it('begin anew with the next message after that', () => {
    expect(
      reported(
        [
          [0, 'int1-a'],
          [1_500, 'int1-b'],
        ],
        [[1_600, ['int1']]],
      ),
    ).to.deep.equal([
      '0: held int1-a up to 1000 ms, not among other',
      '1500: held int1-b up to 1000 ms, not among other',
      '1600: released int1-b after 100 ms, 1',
    ]);
  });

  it('come again for an app that has unregistered', () => {
    expect(
      reported(
        [
          [0, 'int1-a'],
          [50, 'int1-b'],
        ],
        [
          [10, ['int1']],
          [20, []],
          [90, ['int1']],
        ],
      ),
    ).to.deep.equal([
      '0: held int1-a up to 1000 ms, not among other',
      '10: released int1-a after 10 ms, 1',
      '50: held int1-b up to 1000 ms, not among ',
      '90: released int1-b after 40 ms, 1',
    ]);
  });

  it('count the lifetime of the message', () => {
    const sent = { json: { function: 'int1-a', timeout: 200 } };
    expect(reported([[0, sent]])).to.deep.equal(['0: held int1-a up to 200 ms, not among other']);
  });

  it('are none if nothing is held', () => {
    expect(reported([[0, 'int1-a']], [], () => ({ holdUnregisteredMs: 0 }))).to.deep.equal([]);
    expect(
      reported([
        [0, 'vg:x-a'],
        [1, 'other-a'],
      ]),
    ).to.deep.equal([]);
  });

  it('are one for each app, however many messages wait for it', () => {
    const burst = Array.from({ length: 10_000 }, () => [0, 'int1-a'] as const);
    expect(reported(burst, [[9, ['int1']]], () => ({ maxHeld: 20_000 }))).to.deep.equal([
      '0: held int1-a up to 1000 ms, not among other',
      '9: released int1-a after 9 ms, 10000',
    ]);
  });

  it('say that more wait in the spool', () => {
    const withSpool = (time: VirtualTimeScheduler) => ({
      maxHeld: 1,
      spool: { spool: new MemorySpool(time), rules: spoolRules },
    });
    const four = [0, 10, 20, 49].map((at) => [at, 'int1-a'] as const);
    expect(reported(four, [[50, ['int1']]], withSpool)).to.deep.equal([
      '0: held int1-a up to 1000 ms, not among other',
      '50: released int1-a after 50 ms, 2 and spooled',
    ]);
  });
});
