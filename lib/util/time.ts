/**
 * Whether a time out of a file is one, in ms since the epoch: up to the year 5138. JavaScript can't write those from 275760
 * on, and nobody means those before. It bounds durations as well; neither NaN nor Infinity is a time.
 */
export const isTime = (ms: number): boolean => ms >= 0 && ms <= 1e14;
