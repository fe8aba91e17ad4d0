/**
 * The first index in a sorted list whose value is not below `value`; the length if there is none.
 *
 * @param {Float64Array} sorted
 * @param {number} value
 */
export const firstNotBelow = (sorted, value, low = 0, high = sorted.length) => {
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
};

/**
 * The first index in a sorted list, from `low` on, whose value is above `value`; the length if there is none.
 *
 * @param {Float64Array} sorted
 * @param {number} value
 */
export const firstAbove = (sorted, value, low = 0, high = sorted.length) => {
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle] <= value) low = middle + 1;
    else high = middle;
  }
  return low;
};

/**
 * Like {@link firstAbove}, but fast if the result is close to `low`: searches in doubling steps.
 *
 * @param {Float64Array} sorted
 * @param {number} value
 * @param {number} low
 */
export const nextAbove = (sorted, value, low) => {
  let step = 1;
  while (low + step < sorted.length && sorted[low + step - 1] <= value) step *= 2;
  return firstAbove(sorted, value, low, Math.min(sorted.length, low + step));
};
