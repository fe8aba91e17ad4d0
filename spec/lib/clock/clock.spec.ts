import { expect } from 'chai';
import fc from 'fast-check';
import { type ClockSource, clockOf } from '../../../lib/clock/clock.js';

/** A simulated system: what each of its clocks reads. */
const system = (more: Partial<ClockSource> = {}) => {
  const hands = { uptimeMs: 500_000, awakeMs: 500_000, tickMs: 20, wallMs: 0 };
  let reads = 0;
  const source: ClockSource = {
    boot: 'a boot',
    uptimeMs: () => {
      reads += 1;
      // As /proc/uptime has it.
      return Math.floor(hands.uptimeMs / 10) * 10;
    },
    awakeMs: () => hands.awakeMs,
    tickMs: () => hands.tickMs,
    wallMs: () => hands.wallMs,
    synchronisedAt: () => undefined,
    ...more,
  };
  const pass = (ms: number, asleep = false): void => {
    hands.uptimeMs += ms;
    hands.wallMs += ms;
    if (asleep) return;
    hands.awakeMs += ms;
    hands.tickMs += ms;
  };
  return { hands, source, pass, reads: () => reads };
};

describe('the uptime of a clock', () => {
  it('is that of the boot', () => {
    const { source, pass } = system();
    const clock = clockOf(source);
    expect(clock.boot).to.equal('a boot');
    expect(clock.uptimeMs()).to.equal(500_000);
    pass(3);
    expect(clock.uptimeMs()).to.equal(500_003);
  });

  it('counts the time asleep', () => {
    const { source, pass } = system();
    const clock = clockOf(source);
    pass(3_600_000, true);
    expect(clock.uptimeMs()).to.equal(4_100_000);
  });

  it('is read from the system if the clocks diverge or a second has passed, not for each message', () => {
    const { source, hands, pass, reads } = system();
    const clock = clockOf(source);
    const before = reads();
    for (let n = 0; n < 999; n += 1) {
      pass(1);
      clock.uptimeMs();
    }
    expect(reads()).to.equal(before);
    hands.wallMs += 1_000;
    clock.uptimeMs();
    clock.uptimeMs();
    expect(reads()).to.equal(before + 1);
    pass(1_000);
    clock.uptimeMs();
    expect(reads()).to.equal(before + 2);
  });

  it('counts the time asleep even if the wall clock was set back by as much', () => {
    const { source, hands, pass } = system();
    const clock = clockOf(source);
    pass(3_600_000, true);
    hands.wallMs -= 3_600_000;
    pass(1_000);
    expect(clock.uptimeMs()).to.equal(4_101_000);
  });

  it('follows true time and never goes back, however the wall clock is set', () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant('awake' as const), ms: fc.nat(100_000) }),
      fc.record({ kind: fc.constant('asleep' as const), ms: fc.integer({ min: 1_000, max: 10_000_000 }) }),
      fc.record({ kind: fc.constant('step' as const), ms: fc.integer({ min: -2e12, max: 2e12 }) }),
    );
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const { source, hands, pass } = system();
        const clock = clockOf(source);
        let last = clock.uptimeMs();
        for (const { kind, ms } of steps) {
          if (kind === 'step') hands.wallMs += ms;
          else pass(ms, kind === 'asleep');
          const now = clock.uptimeMs();
          expect(now).to.be.within(hands.uptimeMs - 10, hands.uptimeMs);
          expect(now).to.be.at.least(last);
          last = now;
        }
      }),
    );
  });
});

describe('a system without a usable boot id', () => {
  for (const [title, more, uptimeMs] of [
    ['if there is no boot id', { boot: undefined }, 500_000],
    ["if its uptime is a container's", {}, 100],
  ] as const) {
    it(`counts each process as a boot, ${title}`, () => {
      const { source, hands, pass } = system(more);
      hands.uptimeMs = uptimeMs;
      const [one, other] = [clockOf(source), clockOf(source)];
      expect(one.boot).to.match(/^[0-9a-f-]{36}$/);
      expect(other.boot).to.not.equal(one.boot);
      expect(one.uptimeMs()).to.equal(20);
      pass(5);
      hands.wallMs += 1e9;
      expect(one.uptimeMs()).to.equal(25);
    });
  }
});

describe('a clock that is synchronised', () => {
  it('is one reported as synchronised and not set back since', () => {
    let at: number | undefined;
    const { source, hands } = system({ synchronisedAt: () => at });
    const clock = clockOf(source);
    hands.wallMs = 1e12;
    expect(clock.isSynchronised()).to.equal(false);
    at = 1e12 - 5;
    expect(clock.isSynchronised()).to.equal(true);
    hands.wallMs -= 3_600_000;
    expect(clock.isSynchronised()).to.equal(false);
  });
});
