import type { CapturedPublish, CapturedSet, CaptureRecord, Records } from '../../lib/capture/record.js';
import { publishOf, registered, type Sent } from './shorthand.js';

/** A captured publish: its number is also the time of receipt, so that it can be known again. */
export const captured = (seq: number, offsetMs: number, sent: Sent = 'int1-open'): CapturedPublish => ({
  kind: 'publish',
  offsetMs,
  publish: publishOf(seq, sent),
});

/** The live set from an offset on. */
export const setAt = (offsetMs: number, ...names: readonly string[]): CapturedSet => ({
  kind: 'set',
  offsetMs,
  integrations: registered(names),
});

/** Records as a file gives them, in these batches; `pulled` is told when the next batch is asked for. */
export async function* batches(
  given: readonly (readonly CaptureRecord[])[],
  pulled: () => void = () => undefined,
): Records {
  for (const batch of given) {
    pulled();
    yield batch;
  }
}

/** All that comes, batch by batch. */
export const collected = async (records: Records): Promise<readonly (readonly CaptureRecord[])[]> => {
  const all: (readonly CaptureRecord[])[] = [];
  for await (const batch of records) all.push(batch);
  return all;
};
