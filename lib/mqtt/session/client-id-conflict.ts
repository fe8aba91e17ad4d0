import { closedCleanly } from '../connection/close-reason.js';
import type { CloseReason } from '../connection/connection.js';

/** How a connection ended. */
export interface Loss {
  readonly reason: CloseReason;
  /** For how long it was accepted, ms; negative infinity where it never was. */
  readonly heldMs: number;
  /** The daemon ended it itself. */
  readonly byUs: boolean;
}

/** This many in a row are no coincidence. */
const suspicious = 3;

/**
 * Whether another client with the same client id would explain this loss, where the broker does not say so (MQTT 3.1.1 has
 * no words for it): the other end closed a connection cleanly, within `soonMs` of accepting it, and gave no reason. A
 * network that fails, TLS, a malformed packet, a ping without an answer and a refused login have details of their own.
 */
export const looksLikeConflict = ({ reason, heldMs, byUs }: Loss, soonMs: number): boolean =>
  !byUs && reason.kind === 'lost' && reason.detail === closedCleanly && heldMs >= 0 && heldMs < soonMs;

/** How many connections in a row ended so, with one more; any other loss explains the ones before it as well. */
export const lossesAfter = (before: number, loss: Loss, soonMs: number): number =>
  looksLikeConflict(loss, soonMs) ? before + 1 : 0;

/** Whether another client with the same client id would explain this many losses. */
export const suggestConflict = (losses: number): boolean => losses >= suspicious;
