import { type Observable, of } from 'rxjs';
import type { Config } from '../../lib/config/config.js';
import { connectCvmain } from '../../lib/cvmain/client.js';
import { describe } from '../../lib/log/describe.js';
import type { DaemonEvent } from '../../lib/log/event.js';
import { printable } from '../../lib/log/printable.js';
import type { IntegrationSet } from '../../lib/routing/integrations.js';
import { cvmainServes, notifyVia } from '../../streams/cvmain.js';
import type { Notify } from '../../streams/deliver-deps.js';
import { fileContent } from '../../streams/file-content.js';
import { integrations } from '../../streams/integrations.js';
import { monotonicScheduler as scheduler } from '../../streams/monotonic-scheduler.js';
import { passingClock, type ReplayClock, virtualClock } from '../../streams/replay/clock.js';
import { complain } from '../command.js';
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

/** Nothing is sent: each notification counts as accepted. Time jumps, or passes at the speed that is asked for. */
export const dryRunEnd = ({ speed }: Options, { integrations = new Map() }: Judging): End => ({
  clock: speed === 'max' ? virtualClock() : passingClock(scheduler, speed),
  notify: (_message, _target, done) => {
    done({ kind: 'accepted' });
    return () => undefined;
  },
  integrations$: of(integrations),
  close: () => undefined,
});

/** cvmain, and the live set of its directory: as the daemon has them, in real time. */
export const cvmainEnd = ({ cvmain: hub, settings, layout }: Config): End => {
  const cvmain = connectCvmain({ address: hub.address, callDeadlineMs: settings.call_deadline_ms });
  const report = (event: DaemonEvent): void =>
    complain(`cvmqtt replay: ${printable(describe(event).message)}`);
  return {
    clock: passingClock(scheduler, 1),
    notify: notifyVia(cvmain),
    integrations$: integrations({
      content$: fileContent(layout.integrations),
      file: layout.integrations,
      scheduler,
      report,
    }),
    whenServing$: cvmainServes({ cvmain, address: hub.address, scheduler, random: Math.random, report }),
    close: () => cvmain.close(),
  };
};
