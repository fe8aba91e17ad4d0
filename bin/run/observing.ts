import { systemClock } from '../../lib/clock/system-clock.js';
import type { Report } from '../../lib/log/event.js';
import type { Counters } from '../../lib/status/counters.js';
import { stateLine } from '../../lib/status/show.js';
import { recorderFileName, statusFileName } from '../../lib/status/status-file.js';
import { ownLife } from '../../lib/storage/process-lock.js';
import { monotonicScheduler as scheduler } from '../../streams/monotonic-scheduler.js';
import type { SystemdNotifier } from '../../streams/programs/notify-systemd.js';
import { type Recorder, recorder } from '../../streams/programs/recorder.js';
import { reportStatus, type StatusReport } from '../../streams/programs/report-status.js';
import { keepHeapSmall } from '../small-heap.js';
import { ownStatusDirectory } from '../status-directory.js';
import { userId } from '../user-id.js';

/** Dependencies of {@link observing}. */
export interface ObservingDeps {
  /** The configuration directory. */
  readonly root: string;
  readonly counters: Counters;
  readonly log: Report;
  /** Undefined outside of systemd. */
  readonly systemd: SystemdNotifier | undefined;
}

/** Who observes the daemon. */
export interface Observing {
  /** Tells all of them, the log included. */
  readonly report: Report;
  readonly status: StatusReport;
  readonly flight: Recorder;
}

/** Creates the status file and the flight recorder of this daemon. */
export const observing = ({ root, counters, log, systemd }: ObservingDeps): Observing => {
  const place = {
    directory: ownStatusDirectory(),
    uid: userId(),
    clock: systemClock,
    scheduler,
    broken: (detail: string): void => log({ kind: 'state-unusable', detail }),
  };
  const status = reportStatus({
    ...place,
    fileName: statusFileName(root),
    identity: {
      pid: process.pid,
      process: ownLife(),
      boot: systemClock.boot,
      started_at: systemClock.uptimeMs(),
    },
    counters,
    taken: systemd && ((snapshot) => systemd.status(stateLine(snapshot))),
  });
  systemd?.follow(status.pulse);
  const flight = recorder({ ...place, fileName: recorderFileName(root) });
  const report: Report = (event) => {
    if (event.kind === 'connected') keepHeapSmall();
    status.report(event);
    flight.report(event);
    systemd?.report(event);
    log(event);
  };
  return { report, status, flight };
};
