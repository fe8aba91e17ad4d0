import type { CapturedPublish, CapturedSet, CaptureRecord, Records } from '../../lib/capture/record.js';
import { publishOf, registered, type Sent } from './shorthand.js';

/** A captured publish; its number is also its time of receipt, so that tests can identify it. */
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

/** Records in these batches, as from a file; `pulled` is called when the next batch is requested. */
export async function* batches(
  given: readonly (readonly CaptureRecord[])[],
  pulled: () => void = () => undefined,
): Records {
  for (const batch of given) {
    pulled();
    yield batch;
  }
}

/** Everything that comes, batch by batch. */
export const collected = async (records: Records): Promise<readonly (readonly CaptureRecord[])[]> => {
  const all: (readonly CaptureRecord[])[] = [];
  for await (const batch of records) all.push(batch);
  return all;
};
