import type { LogRecord } from './describe.js';
import type { DaemonEvent } from './event.js';

/** The events that say that something is amiss, and those that say that it is well again. */
const endings: readonly (readonly [
  trouble: (event: DaemonEvent) => boolean,
  end: (event: DaemonEvent) => boolean,
])[] = [
  [({ kind }) => kind === 'disconnected', ({ kind }) => kind === 'connected'],
  [
    ({ kind }) => kind === 'subscription-refused' || kind === 'subscription-unanswered',
    ({ kind }) => kind === 'subscribed',
  ],
  [(event) => event.kind === 'waiting' && event.what !== 'cvmain', ({ kind }) => kind === 'connected'],
  [
    (event) => event.kind === 'integrations' && event.names.length === 0,
    ({ kind }) => kind === 'integrations',
  ],
];

/**
 * Makes the log at level warn a story: the event that ends a trouble is as loud as the trouble was. One for each log, as it
 * remembers what is amiss.
 */
export const story = (): ((event: DaemonEvent, record: LogRecord) => LogRecord) => {
  const amiss = new Set<number>();
  return (event, record) => {
    let isEnd = false;
    for (const [at, [trouble, end]] of endings.entries()) {
      if (trouble(event)) amiss.add(at);
      else if (end(event)) isEnd = amiss.delete(at) || isEnd;
    }
    return isEnd && record.level === 'info' ? { ...record, level: 'warn' } : record;
  };
};
