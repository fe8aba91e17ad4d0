import type { CaptureRecord } from './record.js';
import type { Place } from './skip.js';

/** Moves the offsets of a capture's records, in order: each start is as long after the first one as by the wall clock. */
export const placing = ({ endMs, firstStart }: Place): ((record: CaptureRecord) => CaptureRecord) => {
  let shiftMs = endMs;
  let lastMs = endMs;
  let first = firstStart;
  return (record) => {
    if (record.kind === 'broken' || record.kind === 'note') return record;
    if (record.kind === 'start') {
      if (first === undefined) first = record.startedAt;
      else shiftMs = Math.max(lastMs, record.startedAt - first);
      return record;
    }
    lastMs = record.offsetMs + shiftMs;
    return shiftMs === 0 ? record : { ...record, offsetMs: lastMs };
  };
};
