import { type SchedulerLike, Subscription } from 'rxjs';
import type { AckWindow } from '../../lib/mqtt/session/ack-window.js';

/** What the room in a window depends on. */
export interface WindowRoomDeps {
  /** What the session has unacknowledged: it outlasts the session's object, as the session at the broker does. */
  readonly ackWindow: AckWindow;
  /** Unacknowledged messages past which no more are taken, and their bytes. */
  readonly windowMessages: number;
  readonly windowBytes: number;
  /** How long no packet may be taken: pings wait too, so this is well under half a keepalive; ms. */
  readonly fullMs: number;
  readonly scheduler: SchedulerLike;
}

/** The room in a window, and for how long there was none. */
export interface WindowRoom {
  /** More may be taken. A broker that keeps to Receive Maximum fills the window and never passes it: packets, and pings, flow. */
  has(): boolean;
  /** No more is taken from now on: `stayedFull` is called if there is still no room after `fullMs`. */
  ranOut(): void;
  /** It ran out no longer ago than `fullMs`. */
  ranOutLately(): boolean;
  /** Whether it stays full does not matter any more. */
  forget(): void;
}

/** Watches the room in a window. */
export const windowRoom = (
  { ackWindow, windowMessages, windowBytes, fullMs, scheduler }: WindowRoomDeps,
  stayedFull: () => void,
): WindowRoom => {
  let ranOutAt = Number.NEGATIVE_INFINITY;
  let watch = Subscription.EMPTY;
  // What earlier connections left unsettled needs memory too, also where the broker has lost the session.
  const has = (): boolean =>
    ackWindow.size <= windowMessages &&
    ackWindow.bytes <= windowBytes &&
    ackWindow.unsettled <= 2 * windowMessages;
  return {
    has,
    ranOut: () => {
      ranOutAt = scheduler.now();
      watch.unsubscribe();
      watch = scheduler.schedule(() => {
        if (!has()) stayedFull();
      }, fullMs);
    },
    ranOutLately: () => scheduler.now() - ranOutAt <= fullMs,
    forget: () => watch.unsubscribe(),
  };
};
