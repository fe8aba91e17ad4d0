import type { DaemonEvent } from '../../../lib/log/event.js';

/** An event of this kind. */
export type EventOf<Kind extends DaemonEvent['kind']> = Extract<DaemonEvent, { readonly kind: Kind }>;

/** A line of the log: an event that leads to it, what it means, and what to do. */
export interface LogLine<Kind extends DaemonEvent['kind'] = DaemonEvent['kind']> {
  readonly event: EventOf<Kind>;
  readonly means: string;
  readonly todo: string;
}

/** The lines of these kinds of events, at least one for each. */
export type LinesOf<Kinds extends DaemonEvent['kind']> = {
  readonly [Kind in Kinds]: readonly [LogLine<Kind>, ...LogLine<Kind>[]];
};

/** What to do about a line that is as it should be. */
export const nothing = 'nothing';
