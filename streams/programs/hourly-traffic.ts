import { interval, type SchedulerLike, type Subscription } from 'rxjs';
import type { Report } from '../../lib/log/event.js';
import { copyOf, type Traffic, trafficBetween } from '../../lib/status/traffic.js';

const hourMs = 3_600_000;

/**
 * Reports each hour what was settled in it, if anything was. `counts` go on counting; they are looked at once an hour, so a
 * message costs nothing here.
 */
export const hourlyTraffic = (counts: Traffic, scheduler: SchedulerLike, report: Report): Subscription => {
  let before = copyOf(counts);
  return interval(hourMs, scheduler).subscribe(() => {
    const after = copyOf(counts);
    const traffic = trafficBetween(before, after);
    before = after;
    if (traffic !== undefined) report({ kind: 'traffic', ...traffic });
  });
};
