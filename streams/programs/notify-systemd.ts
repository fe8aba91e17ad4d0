import { distinctUntilChanged, interval, map, NEVER, type Observable, Subscription, scan, share } from 'rxjs';
import type { DaemonEvent } from '../../lib/log/event.js';
import { newProgress, type Pulse, progressAfter, stuckAfter } from '../../lib/status/progress.js';
import { printable } from '../../lib/util/printable.js';
import { SystemdOutbox, type SystemdOutboxDeps } from './systemd-outbox.js';

/** Dependencies of {@link notifySystemd}. */
export interface NotifySystemdDeps extends SystemdOutboxDeps {
  readonly watchdogMs: number | undefined;
  /** Called when something is stuck, with what: from now on the watchdog gets no ping. */
  readonly stuck: (what: string) => void;
}

/** Notifies systemd of what the daemon does. */
export interface SystemdNotifier {
  report(event: DaemonEvent): void;
  /** Shows this in `systemctl status`. */
  status(text: string): void;
  /** What the watchdog looks at, once there is a pipeline. */
  follow(pulse: () => Pulse): void;
  /** Ends the notifications; waits for the one that is under way. */
  close(): Promise<void>;
}

/**
 * Ready at the latest after this, ms, subscribed or not: the boot, `systemctl start` and the installation of packages wait
 * for it, and a unit on a wall may have no network for days.
 */
const readyMs = 30_000;

/** No status is sent before, ms, unless the daemon is ready: a normal start is over by then. */
const firstMs = 1_000;

/** Longest status, characters. */
const maxStatus = 200;

/**
 * Notifies systemd: `READY=1` when subscribed, or after {@link readyMs}; `STATUS=`; `STOPPING=1`; and `WATCHDOG=1` four
 * times in `watchdogMs` while nothing is stuck.
 */
export const notifySystemd = (deps: NotifySystemdDeps): SystemdNotifier => {
  const { scheduler } = deps;
  const outbox = new SystemdOutbox(deps);
  const timers = new Subscription();
  let isReady = false;
  let showsStatus = false;
  let shown = '';
  let pulse: () => Pulse | undefined = () => undefined;

  const post = (name: string): void => {
    outbox.put(name, '1');
    outbox.flush();
  };
  const ready = (): void => {
    if (isReady) return;
    isReady = true;
    showsStatus = true;
    post('READY');
  };
  const begin = (): void => {
    showsStatus = true;
    outbox.flush();
  };
  timers.add(scheduler.schedule(ready, readyMs));
  timers.add(scheduler.schedule(begin, firstMs));

  const show = (text: string): void => {
    const status = printable(text, maxStatus);
    if (status === shown) return;
    shown = status;
    outbox.put('STATUS', status);
    if (showsStatus) outbox.flush();
  };

  const stuck$ = whatIsStuck(deps, () => pulse()).pipe(share());
  timers.add(stuck$.subscribe((what) => (what === undefined ? post('WATCHDOG') : outbox.drop('WATCHDOG'))));
  timers.add(stuck$.pipe(distinctUntilChanged()).subscribe((what) => what !== undefined && deps.stuck(what)));

  return {
    report: ({ kind }) => {
      if (kind === 'subscribed' && !isReady) {
        // The status of this moment comes with the next snapshot.
        show(kind);
        ready();
      }
      if (kind === 'stopping') post('STOPPING');
    },
    status: show,
    follow: (latest) => {
      pulse = latest;
    },
    close: async () => {
      timers.unsubscribe();
      await outbox.close();
    },
  };
};

/** What is stuck, or undefined: four times in `watchdogMs`, never without it. */
const whatIsStuck = (
  { watchdogMs, scheduler }: NotifySystemdDeps,
  pulse: () => Pulse | undefined,
): Observable<string | undefined> => {
  if (watchdogMs === undefined) return NEVER;
  const everyMs = watchdogMs / 4;
  return interval(everyMs, scheduler).pipe(
    scan((progress) => {
      const now = pulse();
      return now === undefined ? progress : progressAfter(progress, now);
    }, newProgress),
    map((progress) => stuckAfter(progress, everyMs, watchdogMs)),
  );
};
