import type { Notify } from '../delivery/deliver-deps.js';

/** Accepts each notification without sending it, for commands that say what the daemon would do. */
export const acceptAtOnce: Notify = (_message, _target, done) => {
  done({ kind: 'accepted' });
  return () => undefined;
};
