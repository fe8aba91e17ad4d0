import type { DaemonEvent } from '../lib/log/event.js';
import { conditionAfter, newCondition } from '../lib/status/condition.js';
import { Counters } from '../lib/status/counters.js';
import { newProgress, progressAfter, stuckAfter } from '../lib/status/progress.js';
import { noGauges, pulseOf } from '../lib/status/take.js';
import type { Observer } from '../streams/programs/observer.js';
import type { Agenda } from './engine/agenda.js';

/** Much less than on a unit, where systemd gives minutes: a false alarm shows in a short run. More than a slow disk takes for all that waits for it. */
const everyMs = 1_000;
const marginMs = 10_000;

/** Dependencies of {@link watchdog}. */
export interface WatchdogDeps {
  readonly agenda: Agenda;
  /** The uptime, ms. */
  readonly now: () => number;
  readonly isAlive: () => boolean;
  /** Gets what the watchdog takes for stuck. */
  readonly stuck: (what: string) => void;
}

/** The daemon's watchdog in a simulated process; it looks more often, and has less patience. */
export const watchdog = ({
  agenda,
  now,
  isAlive,
  stuck,
}: WatchdogDeps): Observer & { report(event: DaemonEvent): void } => {
  const counters = new Counters();
  let condition = newCondition(now());
  let progress = newProgress;
  let gauges = () => noGauges;
  const check = (): void => {
    if (!isAlive()) return;
    progress = progressAfter(progress, pulseOf(condition, counters, gauges(), now()));
    const what = stuckAfter(progress, everyMs, marginMs);
    if (what !== undefined) stuck(what);
    agenda.in(everyMs, check);
  };
  agenda.in(everyMs, check);
  return {
    report: (event) => {
      condition = conditionAfter(condition, event, now());
    },
    arrived: () => undefined,
    called: (ms) => counters.calls.add(ms),
    watch: (latest) => {
      gauges = latest;
    },
  };
};
