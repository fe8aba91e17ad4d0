import type { CaptureRecord } from './record.js';
import type { Place, Starts } from './skip.js';
import type { StartTime } from './start-time.js';

/**
 * Moves the offsets of a capture's records, in order: each start is as long after the one before as by the uptime, if both are
 * of one boot, else as long after the first one as by the wall clock, which may have been set.
 */
export const placing = ({ endMs, starts }: Place): ((record: CaptureRecord) => CaptureRecord) => {
  let shiftMs = endMs;
  let lastMs = endMs;
  let known = starts;
  return (record) => {
    if (record.kind === 'broken' || record.kind === 'note') return record;
    if (record.kind === 'start') {
      known = withStart(known, record, shiftMs, lastMs);
      shiftMs = known.latestMs;
      return record;
    }
    lastMs = record.offsetMs + shiftMs;
    return shiftMs === 0 ? record : { ...record, offsetMs: lastMs };
  };
};

/** The starts with one more. `shiftMs`: the place of the first one; `endMs`: of the last record, before which it is not placed. */
export const withStart = (
  starts: Starts | undefined,
  start: StartTime,
  shiftMs: number,
  endMs: number,
): Starts =>
  starts === undefined
    ? { first: start, latest: start, latestMs: shiftMs }
    : { first: starts.first, latest: start, latestMs: Math.max(endMs, placeOf(starts, start)) };

const placeOf = ({ first, latest, latestMs }: Starts, { startedAt, uptime }: StartTime): number =>
  uptime !== undefined && uptime.boot === latest.uptime?.boot
    ? latestMs + uptime.ms - latest.uptime.ms
    : startedAt - first.startedAt;
