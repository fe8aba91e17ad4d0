import type { CaptureRecord, Records } from '../../capture/record.js';
import { subscriptionOf } from '../../capture/subscription.js';
import type { Given } from '../given.js';
import type { Happening, Incident } from './incident.js';

/** An incident as recorded, and what is known of the recording. */
export interface Recorded {
  readonly incident: Incident;
  /** The wall clock at the first message, ms since the epoch. */
  readonly startedAt: number | undefined;
  readonly messages: number;
  readonly brokenLines: number;
  /** Whether the recording says when cvmain was away. */
  readonly knowsOutages: boolean;
  /** Whether it says which apps were registered. */
  readonly knowsSets: boolean;
  /** Whether it has more messages than were read. */
  readonly isCut: boolean;
  /** How many calls cvmain refused or failed; undefined if the recording does not know. */
  readonly badCalls?: number;
}

/** At most this many messages are read: each is run many times. */
export const maxRecorded = 5_000;

/**
 * Reads an incident from the records of a capture, up to {@link maxRecorded} messages. `ofLogin`: the topic filters, if known
 * otherwise.
 */
export const incidentOf = async (
  records: Records,
  given: Given,
  ofLogin?: readonly string[],
): Promise<Recorded> => {
  const subscription = subscriptionOf(ofLogin);
  const happenings: Happening[] = [];
  let startedAt: number | undefined;
  let messages = 0;
  let brokenLines = 0;
  let knowsOutages = false;
  let knowsSets = false;
  let isCut = false;
  const take = (record: CaptureRecord): void => {
    switch (record.kind) {
      case 'start':
        subscription.captured(record.filters);
        return;
      case 'set':
        knowsSets = true;
        happenings.push({ kind: 'set', at: record.offsetMs, set: record.integrations });
        return;
      case 'cvmain':
        knowsOutages = true;
        happenings.push({ kind: 'cvmain', at: record.offsetMs, manner: record.serves ? '+' : '?' });
        return;
      case 'broken':
        brokenLines += record.lines ?? 1;
        return;
      case 'publish': {
        messages += 1;
        if (messages > maxRecorded) {
          isCut = true;
          return;
        }
        const { seq, receivedAt, ...sent } = record.publish;
        startedAt ??= receivedAt;
        subscription.seen(sent.topic);
        happenings.push({ kind: 'publish', at: record.offsetMs, id: messages, sent });
        return;
      }
      default:
    }
  };
  for await (const batch of records) {
    for (const record of batch) take(record);
    if (isCut) break;
  }
  const filters = subscription.filters.map(({ filter }) => filter);
  return {
    incident: {
      given: { ...given, frameMs: 1, ...(filters.length === 0 ? {} : { filters }) },
      happenings,
    },
    startedAt,
    messages: Math.min(messages, maxRecorded),
    brokenLines,
    knowsOutages,
    knowsSets,
    isCut,
  };
};
