import type { Reader } from './skim.js';

/** What is known of the lines so far. */
export interface LineState {
  number: number;
  publishes: number;
  /** The wall clock at offset 0, and at offset 0 of the lines: they differ if the header is missing. */
  startedAt?: number;
  startMs: number;
  lastMs: number;
  isWithoutPayloads: boolean;
  isNewer: boolean;
}

/** Before the first line. */
export const startState = (): LineState => ({
  number: 0,
  publishes: 0,
  startMs: 0,
  lastMs: 0,
  isWithoutPayloads: false,
  isNewer: false,
});

/** Reads lines by `read`, which changes `state`. */
export const readerOf = (read: Reader['read'], state: LineState): Reader => ({
  read,
  pass: (publishes) => {
    state.number += publishes;
    state.publishes += publishes;
  },
  get canPass() {
    return state.startedAt !== undefined;
  },
  mark: () => {
    const before = { ...state };
    return () => Object.assign(state, before);
  },
});
