import type { StartTime } from './start-time.js';

/** A moment of a capture: ms since its start, or by the wall clock, ms since the epoch. */
export type Moment = { readonly offsetMs: number } | { readonly wallMs: number };

/** Where a capture begins among captures that are read as one. */
export interface Place {
  /** The end of the captures before, ms. */
  readonly endMs: number;
  /** The starts among them that later ones are placed by, if there is one. */
  readonly starts?: Starts;
}

/** The first start, and the latest one with its place, ms. */
export interface Starts {
  readonly first: StartTime;
  readonly latest: StartTime;
  readonly latestMs: number;
}

/** What need not be read: publishes before a moment. Structured-cloneable, as it goes to the reader's thread. */
export interface Skip {
  readonly before: Moment;
  /** Where the capture begins. */
  readonly place: Place;
}
