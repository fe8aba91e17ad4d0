import type { Report } from '../lib/log/event.js';
import { notifySocketOf, viaSystemdNotify } from '../lib/status/notify-socket.js';
import { monotonicScheduler as scheduler } from '../streams/monotonic-scheduler.js';
import { notifySystemd, type SystemdNotifier } from '../streams/programs/notify-systemd.js';

/** Notifies the systemd that runs this process; undefined outside of systemd. */
export const systemdNotifier = (report: Report): SystemdNotifier | undefined => {
  const socket = notifySocketOf(process.env, process.pid);
  if (socket === undefined) return undefined;
  return notifySystemd({
    send: viaSystemdNotify(socket.address, process.env['PATH']),
    watchdogMs: socket.watchdogMs,
    scheduler,
    broken: (detail) => report({ kind: 'systemd-unreachable', detail }),
    stuck: (what) => report({ kind: 'stuck', what }),
  });
};
