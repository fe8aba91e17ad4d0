import type { CloseReason } from './close-reason.js';

/** So many in a row are no coincidence. */
const suspicious = 3;

/**
 * How many connections in a row were accepted and lost within `soonMs`, with one more that ended after `heldMs`. Brokers
 * that don't say that a session was taken over show it by this alone; MQTT 3.1.1 has no words for it.
 */
export const lossesAfter = (before: number, reason: CloseReason, heldMs: number, soonMs: number): number =>
  reason.kind === 'lost' && heldMs < soonMs ? before + 1 : 0;

/** Whether another client with the same client id would explain so many losses. */
export const suggestRival = (losses: number): boolean => losses >= suspicious;
