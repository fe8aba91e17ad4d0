import { type Observable, of } from 'rxjs';
import type { IntegrationSet } from '../../lib/rules/routing/integrations.js';
import type { Notify } from '../../streams/delivery/deliver-deps.js';
import { monotonicScheduler } from '../../streams/monotonic-scheduler.js';
import { acceptAtOnce } from '../../streams/programs/accept-at-once.js';
import { passingClock, type ReplayClock, virtualClock } from '../../streams/programs/replay/clock.js';
import type { Options } from './options.js';
import type { ReplayRules } from './rules.js';

/** Where a replay sends its notifications, with the clock and the live set it runs by. */
export interface Sink {
  readonly clock: ReplayClock;
  readonly notify: Notify;
  readonly integrations$: Observable<IntegrationSet>;
  /** Emits once, when cvmain serves. */
  readonly whenServing$?: Observable<number>;
  close(): void;
}

/** Sends nothing. Time is virtual: it jumps from event to event, or passes at `speed`. */
export const dryRunSink = ({ speed }: Options, { integrations = new Map() }: ReplayRules): Sink => ({
  clock: speed === 'max' ? virtualClock() : passingClock(monotonicScheduler, speed),
  notify: acceptAtOnce,
  integrations$: of(integrations),
  close: () => undefined,
});
