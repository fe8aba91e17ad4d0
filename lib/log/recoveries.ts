import type { DaemonEvent } from './event.js';
import type { LogRecord } from './record.js';

/** The events that report a trouble, with those that report the recovery from it. */
const troubles: readonly (readonly [
  isTrouble: (event: DaemonEvent) => boolean,
  isRecovery: (event: DaemonEvent) => boolean,
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
 * Raises a recovery to level warn, so that a log at that level shows the end of each trouble it reported. Create one for each
 * log: it remembers the current troubles.
 */
export const recoveries = (): ((event: DaemonEvent, record: LogRecord) => LogRecord) => {
  const current = new Set<number>();
  return (event, record) => {
    let recovered = false;
    for (const [at, [isTrouble, isRecovery]] of troubles.entries()) {
      if (isTrouble(event)) current.add(at);
      else if (isRecovery(event)) recovered = current.delete(at) || recovered;
    }
    return recovered && record.level === 'info' ? { ...record, level: 'warn' } : record;
  };
};
