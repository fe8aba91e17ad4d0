/**
 * The place of the next message that is shown, in the lane of arrivals; after the last one comes the first. Undefined
 * if there is none: what is only counted has no message to go to.
 *
 * @param {import('./decode.js').DecodedRun} run
 * @param {import('./lanes.js').Lane} lane of arrivals
 * @param {number | undefined} last the place of the last one
 * @param {1 | -1} by forwards or back
 */
export const nextHit = ({ columns }, { ids }, last, by) => {
  const { length } = ids;
  let place = last ?? (by === 1 ? -1 : length);
  for (let tried = 0; tried < length; tried += 1) {
    place = (place + by + length) % length;
    if (columns.counted[ids[place]] === 0) return place;
  }
  return undefined;
};

/**
 * Enter in the search goes to the next message that is shown, with Shift to the one before.
 *
 * @param {import('./decode.js').DecodedRun} run
 * @param {HTMLInputElement} search
 * @param {(place: number) => void} go
 * @param {() => import('./lanes.js').Lane} arrivals
 */
export const hitsOf = (run, search, go, arrivals) => {
  /** @type {number | undefined} */
  let last;
  search.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter') return;
    const place = nextHit(run, arrivals(), last, event.shiftKey ? -1 : 1);
    if (place === undefined) return;
    last = place;
    go(place);
  });
  return {
    /** Begins again, as other messages are shown. */
    restart: () => {
      last = undefined;
    },
  };
};
