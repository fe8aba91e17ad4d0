/**
 * Whether a number from a file is a valid time, ms since the epoch, up to the year 5138: keeps `toISOString` from throwing.
 * Serves as a bound for durations, too. False for NaN and Infinity.
 */
export const isTime = (ms: number): boolean => ms >= 0 && ms <= 1e14;

/** Last formatted time: under load, many messages come in the same millisecond. */
let last = { ms: 0, text: new Date(0).toISOString() };

/** A time in RFC 3339, UTC. For a valid time, ms since the epoch. */
export const rfc3339 = (ms: number): string => {
  if (ms !== last.ms) last = { ms, text: new Date(ms).toISOString() };
  return last.text;
};
