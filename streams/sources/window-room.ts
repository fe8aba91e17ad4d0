import type { SchedulerLike } from 'rxjs';
import type { AckWindow } from '../../lib/mqtt/session/ack-window.js';
import { OneTimer } from '../one-timer.js';

/** Dependencies of {@link windowRoom}. */
export interface WindowRoomDeps {
  /** Unacknowledged publishes of the session. They outlast this object, as the session at the broker does. */
  readonly ackWindow: AckWindow;
  /** Maximum number of unacknowledged publishes, and of their bytes. */
  readonly windowMessages: number;
  readonly windowBytes: number;
  /** How long no packet may be read, ms. Pings wait too, so this is well under half a keepalive. */
  readonly fullMs: number;
  readonly scheduler: SchedulerLike;
}

/** Whether the window has room. */
export interface WindowRoom {
  /**
   * True if more publishes may be taken. A broker that respects Receive Maximum fills the window exactly, so packets
   * and pings keep flowing.
   */
  has(): boolean;
  /** Nothing is taken from now on. Calls `stayedFull` if there is still no room after `fullMs`. */
  ranOut(): void;
  /** True if it ran out within the last `fullMs`. */
  ranOutLately(): boolean;
  /** Cancels the call of `stayedFull`. */
  forget(): void;
}

/** Watches the room in the window. */
export const windowRoom = (
  { ackWindow, windowMessages, windowBytes, fullMs, scheduler }: WindowRoomDeps,
  stayedFull: () => void,
): WindowRoom => {
  let ranOutAt = Number.NEGATIVE_INFINITY;
  const watch = new OneTimer(scheduler);
  // Unsettled publishes of earlier connections need memory too, even if the broker has lost the session.
  const has = (): boolean =>
    ackWindow.size <= windowMessages &&
    ackWindow.bytes <= windowBytes &&
    ackWindow.unsettled <= 2 * windowMessages;
  return {
    has,
    ranOut: () => {
      ranOutAt = scheduler.now();
      watch.start(fullMs, () => {
        if (!has()) stayedFull();
      });
    },
    ranOutLately: () => scheduler.now() - ranOutAt <= fullMs,
    forget: () => watch.stop(),
  };
};
