/**
 * Whether a number from a file is a valid time, ms since the epoch, up to the year 5138: keeps `toISOString` from throwing.
 * Serves as a bound for durations, too. False for NaN and Infinity.
 */
export const isTime = (ms: number): boolean => ms >= 0 && ms <= 1e14;
