import type { RunMessage } from '../report/run.js';
import type { Recording } from './read.js';

/** What to show of a recording; an absent field does not restrict. */
export interface Choice {
  /** Only the last part, ms. */
  readonly lastMs?: number;
  /** Only messages with this full name, or for the app of this name. */
  readonly message?: string;
}

/** The part of a recording that is asked for; times count from its start. */
export const chosen = ({ run, events, ...rest }: Recording, { lastMs, message }: Choice): Recording => {
  const from = lastMs === undefined ? 0 : Math.max(0, run.durationMs - lastMs);
  const isWanted = ({ name, integration, result }: RunMessage): boolean =>
    (result?.at ?? Number.POSITIVE_INFINITY) >= from &&
    (message === undefined || name === message || integration === message);
  const since = (at: number): number => Math.max(0, at - from);
  const atStart = run.sets.filter(({ at }) => at <= from).slice(-1);
  const later = run.sets.filter(({ at }) => at > from);
  return {
    ...rest,
    events: events.filter(({ at }) => at >= from).map((event) => ({ ...event, at: since(event.at) })),
    run: {
      ...run,
      ...(run.startedAt === undefined ? {} : { startedAt: run.startedAt + from }),
      durationMs: run.durationMs - from,
      messages: run.messages.filter(isWanted).map((each) => shifted(each, since)),
      sets: [...atStart, ...later].map(({ at, names }) => ({ at: since(at), names })),
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
