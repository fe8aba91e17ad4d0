import type { RunMessage } from '../report/run.js';
import type { Recording } from './read.js';

/** What to show of a recording; an absent field does not restrict. */
export interface Choice {
  /** Only the last part, ms. */
  readonly lastMs?: number;
  /** Only messages with this full name, or for the app of this name. */
  readonly message?: string;
}

/**
 * The part of a recording that is asked for. It begins with the receipt of its first message: one that was settled in the last
 * part may have waited since before it. What is not settled may have come earlier, at a negative time.
 */
export const chosen = ({ run, events, ...rest }: Recording, { lastMs, message }: Choice): Recording => {
  const from = lastMs === undefined ? 0 : Math.max(0, run.durationMs - lastMs);
  const isWanted = ({ name, integration, result }: RunMessage): boolean =>
    (result?.at ?? Number.POSITIVE_INFINITY) >= from &&
    (message === undefined || name === message || integration === message);
  const messages = run.messages.filter(isWanted);
  const start = messages.reduce((least, { at, result }) => (result ? Math.min(least, at) : least), from);
  const since = (at: number): number => at - start;
  const atStart = run.sets.filter(({ at }) => at <= from).slice(-1);
  const later = run.sets.filter(({ at }) => at > from);
  return {
    ...rest,
    events: events.filter(({ at }) => at >= from).map((event) => ({ ...event, at: since(event.at) })),
    run: {
      ...run,
      ...(run.startedAt === undefined ? {} : { startedAt: run.startedAt + start }),
      durationMs: since(run.durationMs),
      messages: messages.map((each) => shifted(each, since)),
      sets: [...atStart, ...later].map(({ at, names }) => ({ at: Math.max(0, since(at)), names })),
    },
  };
};

const shifted = (message: RunMessage, since: (at: number) => number): RunMessage => {
  const { at, calls, result } = message;
  return {
    ...message,
    at: since(at),
    calls: calls.map((call) => ({ ...call, at: since(call.at), endedAt: since(call.endedAt) })),
    ...(result === undefined ? {} : { result: { ...result, at: since(result.at) } }),
  };
};

/** A part to draw: it has no time before its start. */
export const drawable = ({ run }: Recording): Recording['run'] => ({
  ...run,
  messages: run.messages.map((each) => (each.at < 0 ? shifted(each, (at) => Math.max(0, at)) : each)),
});
