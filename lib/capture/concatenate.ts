import type { CaptureRecord, Records } from './record.js';

/** A named capture. */
export interface Capture {
  readonly name: string;
  readonly open: () => Records;
}

/**
 * Concatenates captures in the given order. Each begins where the one before ended, or later if both have a start time.
 * Publishes are numbered throughout.
 */
export async function* concatenated(captures: readonly Capture[]): Records {
  let shiftMs = 0;
  let endMs = 0;
  let publishes = 0;
  let firstStart: number | undefined;
  for (const { name, open } of captures) {
    shiftMs = endMs;
    const seqBefore = publishes;
    const placed = (record: CaptureRecord): CaptureRecord => {
      switch (record.kind) {
        case 'broken':
        case 'note':
          return { ...record, file: name };
        case 'start':
          if (firstStart === undefined) firstStart = record.startedAt;
          else shiftMs = Math.max(endMs, record.startedAt - firstStart);
          return record;
        case 'set':
        case 'cvmain':
          endMs = record.offsetMs + shiftMs;
          return shiftMs === 0 ? record : { ...record, offsetMs: endMs };
        case 'publish':
          endMs = record.offsetMs + shiftMs;
          publishes += 1;
          return shiftMs === 0 && seqBefore === 0
            ? record
            : {
                ...record,
                offsetMs: endMs,
                publish: { ...record.publish, seq: seqBefore + record.publish.seq },
              };
      }
    };
    for await (const batch of open()) yield batch.map(placed);
  }
}
