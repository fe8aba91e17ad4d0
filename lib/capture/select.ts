import { matches, type TopicFilter } from '../rules/message/topic-filter.js';
import type { CapturedPublish, CapturedSet, CaptureRecord, Records } from './record.js';
import type { Moment } from './skip.js';

/** Selects publishes; an absent field does not restrict. */
export interface Selection {
  readonly from?: Moment;
  /** Exclusive. */
  readonly to?: Moment;
  readonly filter?: TopicFilter;
}

/** Whether a publish is before a moment. */
export const isBefore = ({ offsetMs, publish }: CapturedPublish, moment: Moment): boolean =>
  'offsetMs' in moment ? offsetMs < moment.offsetMs : publish.receivedAt < moment.wallMs;

/**
 * Filters publishes. Sets before `from` stay, as the last of them is the live set at `from`. The first publish at or after
 * `to` ends the records, and the reading.
 */
export async function* selected({ from, to, filter }: Selection, records: Records): Records {
  if (from === undefined && to === undefined && filter === undefined) {
    yield* records;
    return;
  }
  const wanted = (record: CaptureRecord): boolean =>
    record.kind !== 'publish' ||
    ((from === undefined || !isBefore(record, from)) &&
      (filter === undefined || matches(filter, record.publish.topic)));
  for await (const batch of records) {
    const end =
      to === undefined ? -1 : batch.findIndex((each) => each.kind === 'publish' && !isBefore(each, to));
    yield (end < 0 ? batch : batch.slice(0, end)).filter(wanted);
    if (end >= 0) return;
  }
}

/** The records up to and including the first broken one. */
export async function* untilBroken(records: Records): Records {
  for await (const batch of records) {
    const broken = batch.findIndex(({ kind }) => kind === 'broken');
    yield broken < 0 ? batch : batch.slice(0, broken + 1);
    if (broken >= 0) return;
  }
}

/** Replaces the sets in the records by those of a timeline. A set comes before publishes of the same moment. */
export async function* withSets(timeline: readonly CapturedSet[], records: Records): Records {
  const due = [...timeline];
  const setsUntil = (offsetMs: number): readonly CapturedSet[] => {
    const later = due.findIndex((set) => set.offsetMs > offsetMs);
    return due.splice(0, later < 0 ? due.length : later);
  };
  const isDue = (record: CaptureRecord): boolean =>
    record.kind === 'publish' && due[0] !== undefined && due[0].offsetMs <= record.offsetMs;
  for await (const batch of records) {
    // Fast path: the batch is unchanged.
    if (!batch.some((record) => record.kind === 'set' || isDue(record))) yield batch;
    else
      yield batch.flatMap((record): readonly CaptureRecord[] => {
        if (record.kind === 'set') return [];
        return record.kind === 'publish' ? [...setsUntil(record.offsetMs), record] : [record];
      });
  }
  yield due;
}
