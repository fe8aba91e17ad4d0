import { closedCleanly } from '../connection/close-reason.js';
import type { EndReason } from './end-reason.js';

/** How a connection ended. */
export interface Loss {
  readonly reason: EndReason;
  /** How long it was accepted, ms; negative infinity if never. */
  readonly heldMs: number;
}

/** Losses in a row that are no coincidence any more. */
const suspicious = 3;

/**
 * True if another client with the same client id would explain this loss. MQTT 3.1.1 does not report it: the other end
 * closes a connection cleanly, without a reason, within `soonMs` of accepting it. Network failures, TLS errors,
 * malformed packets, unanswered pings and refused logins have details of their own.
 */
export const looksLikeConflict = ({ reason, heldMs }: Loss, soonMs: number): boolean =>
  reason.kind === 'lost' && reason.detail === closedCleanly && heldMs >= 0 && heldMs < soonMs;

/**
 * Number of such losses in a row, including this one; any other loss resets it, as it explains the earlier ones too.
 */
export const lossesAfter = (before: number, loss: Loss, soonMs: number): number =>
  looksLikeConflict(loss, soonMs) ? before + 1 : 0;

/** True if this many losses suggest another client with the same client id. */
export const suggestConflict = (losses: number): boolean => losses >= suspicious;
