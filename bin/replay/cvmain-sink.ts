import type { Config } from '../../lib/config/config.js';
import { connectCvmain } from '../../lib/cvmain/client.js';
import { describe } from '../../lib/log/describe.js';
import type { DaemonEvent } from '../../lib/log/event.js';
import { printable } from '../../lib/util/printable.js';
import { monotonicScheduler as scheduler } from '../../streams/monotonic-scheduler.js';
import { passingClock } from '../../streams/programs/replay/clock.js';
import { cvmainServes, notifyVia } from '../../streams/sources/cvmain.js';
import { watchedFile } from '../../streams/sources/file-content.js';
import { integrations } from '../../streams/sources/integrations.js';
import { complain } from '../command.js';
import type { Sink } from './sink.js';

/** Sends to cvmain, with the live set of its directory, in real time: as the daemon does. */
export const cvmainSink = ({ cvmain: { address }, settings, layout }: Config): Sink => {
  const cvmain = connectCvmain({
    library: settings.grpc_client,
    address,
    callDeadlineMs: settings.call_deadline_ms,
  });
  const report = (event: DaemonEvent): void =>
    complain(`cvmqtt replay: ${printable(describe(event).message)}`);
  return {
    clock: passingClock(scheduler, 1),
    notify: notifyVia(cvmain),
    integrations$: integrations(watchedFile(layout.integrations, { scheduler, report })),
    whenServing$: cvmainServes({ cvmain, address, scheduler, random: Math.random, report }),
    close: () => cvmain.close(),
  };
};
