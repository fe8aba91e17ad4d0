import { setImmediate as turn } from 'node:timers/promises';
import { expect } from 'chai';
import fc from 'fast-check';
import * as E from 'fp-ts/lib/Either.js';
import { firstValueFrom } from 'rxjs';
import { spoolPort } from '../../../streams/spool/spool-port.js';
import { clockWith } from '../../support/clock.js';
import { ClockWorld, days } from '../../support/clock-world.js';
import { publishOf } from '../../support/shorthand.js';

const maxAgeMs = days(1);
const forever = Number.POSITIVE_INFINITY;
/** Clocks of the system are read to 10 ms. */
const roundedMs = 20;

/** Few values, so that they coincide. */
const some = fc.constantFrom(1_000, 60_000, 3_600_000, 7_200_000, days(2));
const duration = fc.oneof(some, fc.nat(100_000), fc.nat(days(2)));
/** Seconds to decades, in both directions. */
const off = fc.oneof(
  fc.constant(0),
  some,
  some.map((ms) => -ms),
  fc.integer({ min: -days(20_000), max: days(20_000) }),
);
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('pass' as const), ms: duration }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('sleep' as const), ms: duration }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('set' as const), offMs: off }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('synchronise' as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('restart' as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('reboot' as const), ms: duration, offMs: off }) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('receive' as const),
      lifetimeMs: fc.oneof(fc.constant(forever), some, fc.nat(days(2))),
    }),
  },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('store' as const) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('take' as const) }) },
);

describe('a message from the spool, whatever the clock does', () => {
  it('is never delivered after its lifetime, and expires early only if its age is unknown', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 60, size: 'max' }), async (steps) => {
        const world = new ClockWorld(maxAgeMs);
        for (const each of [...steps, { do: 'store' as const }, { do: 'take' as const }]) {
          if (each.do === 'pass') world.pass(each.ms);
          else if (each.do === 'sleep') world.sleep(each.ms);
          else if (each.do === 'set') world.setClock(each.offMs);
          else if (each.do === 'synchronise') world.synchronise();
          else if (each.do === 'restart') world.restart();
          else if (each.do === 'reboot') world.reboot(each.ms, each.offMs);
          else if (each.do === 'receive') world.receive(each.lifetimeMs);
          else if (each.do === 'store') await world.store();
          else {
            for (const { isExpired, trueAgeMs, lifetimeMs, isAgeKnown } of await world.take()) {
              const goodMs = Math.min(lifetimeMs, maxAgeMs);
              if (lifetimeMs !== forever && !isExpired) expect(trueAgeMs).to.be.below(goodMs + roundedMs);
              if (isExpired && (isAgeKnown || lifetimeMs === forever))
                expect(trueAgeMs).to.be.at.least(goodMs - roundedMs);
              if (isAgeKnown && !isExpired) expect(trueAgeMs).to.be.below(goodMs + roundedMs);
            }
          }
        }
      }),
      { numRuns: 2_000 },
    );
  });

  const afterReboot = async (lifetimeMs: number, ms: number, synchronised: boolean) => {
    const world = new ClockWorld(maxAgeMs);
    if (synchronised) world.synchronise();
    world.receive(lifetimeMs);
    await world.store();
    world.reboot(ms, 0);
    if (synchronised) world.synchronise();
    const [taken] = await world.take();
    return taken;
  };

  it('expires with a detail that says so if its age is unknown', async () => {
    expect(await afterReboot(60_000, 1_000, false)).to.include({
      isExpired: true,
      detail:
        'its lifetime of 60000 ms may be over: it was received before a reboot, and the clock is not known to have been synchronised both then and now',
    });
    expect(await afterReboot(60_000, 1_000, true)).to.include({ isExpired: false });
    expect(await afterReboot(60_000, 60_000, true)).to.include({ isExpired: true, detail: '' });
  });

  it('is delivered if it has no lifetime, unless it is known to be older than the spool’s maximum age', async () => {
    expect(await afterReboot(forever, days(400), false)).to.include({ isExpired: false });
    expect(await afterReboot(forever, days(400), true)).to.include({ isExpired: true });
    // This boot alone is longer.
    const world = new ClockWorld(maxAgeMs);
    world.receive(forever);
    await world.store();
    world.reboot(0, 0);
    world.pass(maxAgeMs);
    expect((await world.take())[0]).to.include({ isExpired: true });
  });
});

describe('a write to the spool', () => {
  const storing = (seq: number, qos: 0 | 1) => ({
    integration: 'int1',
    publish: { ...publishOf(seq, 'int1-open'), qos },
    arrivedAt: 0,
    pinned: false,
  });

  /** A file whose append ends when `written` is called. */
  const slowFile = () => {
    const withdrawn: number[] = [];
    let written = (): void => undefined;
    const file = {
      integrations: [],
      has: () => false,
      append: (messages: readonly unknown[]) =>
        new Promise<E.Either<string, readonly number[]>>((resolve) => {
          written = () => resolve(E.right(messages.map((_, n) => n + 1)));
        }),
      withdraw: (ids: readonly number[]) => void withdrawn.push(...ids),
      take: async () => E.right([]),
      note: () => undefined,
      settled: () => undefined,
    };
    const decodeRules = { nameFrom: 'auto' as const, filters: [], filtersAreGuessed: false };
    const port = spoolPort({ file, decodeRules, maxAgeMs, clock: clockWith().clock });
    return { port, withdrawn, written: () => written() };
  };

  it('is withdrawn if it completes after unsubscribing, except for QoS 0, which is not sent again', async () => {
    const { port, withdrawn, written } = slowFile();
    port
      .store([storing(1, 1), storing(2, 0), storing(3, 1)])
      .subscribe()
      .unsubscribe();
    written();
    await turn();
    expect(withdrawn).to.deep.equal([1, 3]);
  });

  it('stays if a subscriber waited for it', async () => {
    const { port, withdrawn, written } = slowFile();
    const stored = firstValueFrom(port.store([storing(1, 1)]));
    written();
    expect(await stored).to.deep.equal(E.right([1]));
    expect(withdrawn).to.deep.equal([]);
  });
});
