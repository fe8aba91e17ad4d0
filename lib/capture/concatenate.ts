import { placing } from './place.js';
import type { CaptureRecord, Records } from './record.js';
import type { Place } from './skip.js';

/** A named capture. */
export interface Capture {
  readonly name: string;
  /** `place`: where it begins among the captures. */
  readonly open: (place: Place) => Records;
}

/**
 * Concatenates captures in the given order. Each begins where the one before ended, or later if both have a start time.
 * Publishes are numbered throughout.
 */
export async function* concatenated(captures: readonly Capture[]): Records {
  let endMs = 0;
  let firstStart: number | undefined;
  let publishes = 0;
  for (const { name, open } of captures) {
    const seqBefore = publishes;
    const place: Place = firstStart === undefined ? { endMs } : { endMs, firstStart };
    const placed = placing(place);
    const numbered = (record: CaptureRecord): CaptureRecord => {
      const moved = placed(record);
      if (moved.kind === 'broken' || moved.kind === 'note') return { ...moved, file: name };
      if (moved.kind === 'start') {
        firstStart ??= moved.startedAt;
        return moved;
      }
      endMs = moved.offsetMs;
      if (moved.kind !== 'publish') return moved;
      publishes = seqBefore + moved.publish.seq;
      return seqBefore === 0 ? moved : { ...moved, publish: { ...moved.publish, seq: publishes } };
    };
    for await (const batch of open(place)) yield batch.map(numbered);
  }
}
