import type { Message } from '../message/decode.js';
import type { IntegrationSet } from '../routing/integrations.js';

/** A message is held, as its app is not registered; those behind it in its lane are, too. */
export interface Held {
  readonly kind: 'held';
  readonly message: Message;
  /** How long it may wait. */
  readonly waitMs: number;
  /** The live set. */
  readonly integrations: IntegrationSet;
}

/** The app of held messages has registered. */
export interface Released {
  readonly kind: 'released';
  /** The one that was held first. */
  readonly message: Message;
  readonly afterMs: number;
  /** How many wait in memory. */
  readonly messages: number;
  /** Whether more wait in the spool. */
  readonly andSpooled: boolean;
}
