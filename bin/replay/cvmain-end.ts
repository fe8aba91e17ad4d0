import type { Config } from '../../lib/config/config.js';
import { connectCvmain } from '../../lib/cvmain/client.js';
import { describe } from '../../lib/log/describe.js';
import type { DaemonEvent } from '../../lib/log/event.js';
import { printable } from '../../lib/log/printable.js';
import { cvmainServes, notifyVia } from '../../streams/cvmain.js';
import { fileContent } from '../../streams/file-content.js';
import { integrations } from '../../streams/integrations.js';
import { monotonicScheduler as scheduler } from '../../streams/monotonic-scheduler.js';
import { passingClock } from '../../streams/replay/clock.js';
import { complain } from '../command.js';
import type { End } from './end.js';

/** cvmain, and the live set of its directory: as the daemon has them, in real time. */
export const cvmainEnd = ({ cvmain: hub, settings, layout }: Config): End => {
  const cvmain = connectCvmain({
    library: settings.grpc_client,
    address: hub.address,
    callDeadlineMs: settings.call_deadline_ms,
  });
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
