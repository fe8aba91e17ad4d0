import { type Observable, of } from 'rxjs';
import type { IntegrationSet } from '../../lib/rules/routing/integrations.js';
import type { Notify } from '../../streams/delivery/deliver-deps.js';
import { monotonicScheduler } from '../../streams/monotonic-scheduler.js';
import { passingClock, type ReplayClock, virtualClock } from '../../streams/programs/replay/clock.js';
import { recordedCvmain } from '../../streams/programs/replay/recorded-cvmain.js';
import type { Options } from './options.js';
import type { ReplayRules } from './rules.js';

/** Where a replay sends its notifications, with the clock and the live set it runs by. */
export interface Sink {
  readonly clock: ReplayClock;
  readonly notify: Notify;
  readonly integrations$: Observable<IntegrationSet>;
  /** Emits once, when cvmain serves. */
  readonly whenServing$?: Observable<number>;
  /** The capture says that cvmain serves from now on, or is away. A real one ignores that. */
  readonly recorded?: (serves: boolean) => void;
  close(): void;
}

/** Sends nothing. Time is virtual: it jumps from event to event, or passes at `speed`. */
export const dryRunSink = ({ speed }: Options, { integrations = new Map() }: ReplayRules): Sink => {
  const { change, ...cvmain } = recordedCvmain();
  return {
    ...cvmain,
    clock: speed === 'max' ? virtualClock() : passingClock(monotonicScheduler, speed),
    integrations$: of(integrations),
    recorded: change,
    close: () => undefined,
  };
};
