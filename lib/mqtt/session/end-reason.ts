import { closeReasonText } from '../connection/close-reason.js';
import type { CloseReason } from '../connection/connection.js';

/** Why a connection ended without a plan: what the connection says, or that the daemon closed it, as it gave no messages. */
export type EndReason = CloseReason | { readonly kind: 'not-subscribed' };

/** The reason as a text for people. */
export const endReasonText = (reason: EndReason): string =>
  reason.kind === 'not-subscribed'
    ? 'the connection was closed, as the broker granted no subscription'
    : closeReasonText(reason);
