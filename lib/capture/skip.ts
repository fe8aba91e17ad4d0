/** A moment of a capture: ms since its start, or by the wall clock, ms since the epoch. */
export type Moment = { readonly offsetMs: number } | { readonly wallMs: number };

/** Where a capture begins among captures that are read as one. */
export interface Place {
  /** The end of the captures before, ms. */
  readonly endMs: number;
  /** The first start time among them, if they have one. */
  readonly firstStart?: number;
}

/** What need not be read: publishes before a moment. Structured-cloneable, as it goes to the reader's thread. */
export interface Skip {
  readonly before: Moment;
  /** Where the capture begins. */
  readonly place: Place;
}
