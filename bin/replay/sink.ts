import { type Observable, of } from 'rxjs';
import type { IntegrationSet } from '../../lib/rules/routing/integrations.js';
import type { Notify } from '../../streams/delivery/deliver-deps.js';
import { monotonicScheduler } from '../../streams/monotonic-scheduler.js';
import { acceptAtOnce } from '../../streams/programs/accept-at-once.js';
import { passingClock, type ReplayClock, virtualClock } from '../../streams/programs/replay/clock.js';
import type { Options } from './options.js';
import type { Judging } from './rules.js';

/** What a replay is plugged into. */
export interface End {
  readonly clock: ReplayClock;
  readonly notify: Notify;
  readonly integrations$: Observable<IntegrationSet>;
  /** Emits once when cvmain serves. */
  readonly whenServing$?: Observable<number>;
  close(): void;
}

/** Nothing is sent. Time jumps, or passes at the speed that is asked for. */
export const dryRunEnd = ({ speed }: Options, { integrations = new Map() }: Judging): End => ({
  clock: speed === 'max' ? virtualClock() : passingClock(monotonicScheduler, speed),
  notify: acceptAtOnce,
  integrations$: of(integrations),
  close: () => undefined,
});
