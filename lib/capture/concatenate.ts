import { placing, withStart } from './place.js';
import type { CaptureRecord, Records } from './record.js';
import type { Place, Starts } from './skip.js';

/** A named capture. */
export interface Capture {
  readonly name: string;
  /** `place`: where it begins among the captures. */
  readonly open: (place: Place) => Records;
}

/**
 * Concatenates captures in the given order. Each begins where the one before ended, or later if both have a start time.
 * Publishes are numbered throughout. `disordered` is called with the names of a capture that started earlier than the one
 * before it.
 */
export async function* concatenated(
  captures: readonly Capture[],
  disordered?: (name: string, before: string) => void,
): Records {
  let endMs = 0;
  let starts: Starts | undefined;
  const names = new Set<string>();
  let before: { readonly name: string; readonly startedAt: number } | undefined;
  let publishes = 0;
  for (const { name, open } of captures) {
    const seqBefore = publishes;
    const place: Place = starts === undefined ? { endMs } : { endMs, starts };
    const placed = placing(place);
    const numbered = (record: CaptureRecord): CaptureRecord => {
      const moved = placed(record);
      if (moved.kind === 'broken' || moved.kind === 'note') return { ...moved, file: name };
      if (moved.kind === 'start') {
        const { startedAt } = moved;
        starts = withStart(starts, moved, place.endMs, endMs);
        // What was there before is there again in a loop.
        if (before !== undefined && !names.has(name) && startedAt < before.startedAt)
          disordered?.(name, before.name);
        names.add(name);
        before = { name, startedAt };
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
