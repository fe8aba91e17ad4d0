import * as E from 'fp-ts/lib/Either.js';
import { type SchedulerLike, Subscription } from 'rxjs';
import type { DaemonEvent } from '../../lib/log/event.js';
import type { Send } from '../../lib/status/notify-socket.js';
import { newProgress, type Pulse, progressAfter, stuckAfter } from '../../lib/status/progress.js';
import { printable } from '../../lib/util/printable.js';

/** Dependencies of {@link notifySystemd}. */
export interface NotifySystemdDeps {
  readonly send: Send;
  readonly watchdogMs: number | undefined;
  readonly scheduler: SchedulerLike;
  /** Called once with the reason why systemd can't be notified. */
  readonly broken: (detail: string) => void;
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

/** Pause after a message that could not be sent, ms. */
const againMs = 5_000;

/** Longest status, characters. */
const maxStatus = 200;

/**
 * Notifies systemd: `READY=1` when subscribed, or after {@link readyMs}; `STATUS=`; `STOPPING=1`; and `WATCHDOG=1` four
 * times in `watchdogMs` while nothing is stuck. One message is under way at a time; those that come meanwhile are one, with
 * the newest values. A message that can't be sent is kept for the next attempt.
 */
export const notifySystemd = ({
  send,
  watchdogMs,
  scheduler,
  broken,
  stuck,
}: NotifySystemdDeps): SystemdNotifier => {
  const unsent = new Map<string, string>();
  const timers = new Subscription();
  let again = Subscription.EMPTY;
  let sending: Promise<void> | undefined;
  let isBroken = false;
  let isClosed = false;
  let isReady = false;
  let hasBegun = false;
  let shown = '';
  let pulse: () => Pulse | undefined = () => undefined;

  const flush = async (): Promise<void> => {
    const values = [...unsent];
    unsent.clear();
    const sent = await send(values.map(([name, value]) => `${name}=${value}`));
    sending = undefined;
    if (E.isRight(sent)) {
      if (!isClosed) start();
      return;
    }
    for (const [name, value] of values) if (!unsent.has(name)) unsent.set(name, value);
    if (!isBroken) broken(sent.left);
    isBroken = true;
    again.unsubscribe();
    again = isClosed ? Subscription.EMPTY : scheduler.schedule(start, againMs);
  };
  const start = (): void => {
    if (unsent.size > 0) sending ??= flush();
  };
  const post = (name: string, value: string): void => {
    unsent.set(name, value);
    start();
  };
  const ready = (): void => {
    if (isReady) return;
    isReady = true;
    post('READY', '1');
  };
  timers.add(scheduler.schedule(ready, readyMs));
  const begin = (): void => {
    hasBegun = true;
    start();
  };
  timers.add(scheduler.schedule(begin, firstMs));

  const show = (text: string): void => {
    const status = printable(text, maxStatus);
    if (status === shown) return;
    shown = status;
    unsent.set('STATUS', status);
    if (hasBegun || isReady) start();
  };

  const everyMs = (watchdogMs ?? 0) / 4;
  let progress = newProgress;
  let stuckAt: string | undefined;
  const check = (): void => {
    const now = pulse();
    if (now !== undefined) progress = progressAfter(progress, now);
    const what = stuckAfter(progress, everyMs, everyMs * 4);
    if (what === undefined) post('WATCHDOG', '1');
    else unsent.delete('WATCHDOG');
    if (what !== undefined && what !== stuckAt) stuck(what);
    stuckAt = what;
    timers.add(scheduler.schedule(check, everyMs));
  };
  if (watchdogMs !== undefined) timers.add(scheduler.schedule(check, everyMs));

  return {
    report: ({ kind }) => {
      if (kind === 'subscribed' && !isReady) {
        // The status of this moment comes with the next snapshot.
        show(kind);
        ready();
      }
      if (kind === 'stopping') post('STOPPING', '1');
    },
    status: show,
    follow: (latest) => {
      pulse = latest;
    },
    close: async () => {
      isClosed = true;
      timers.unsubscribe();
      again.unsubscribe();
      await sending;
    },
  };
};
