import type { DaemonEvent } from '../lib/log/event.js';

/** A short text for an event of the daemon. */
export const textOf = (event: DaemonEvent): string => {
  switch (event.kind) {
    case 'settled': {
      const { settlement } = event;
      const { kind, publish } = settlement;
      const why = kind === 'dead-lettered' ? `: ${settlement.reason} (${settlement.detail})` : '';
      return `settles ${settlement.message?.name ?? publish.topic} (${publish.seq}), ${kind}${why}`;
    }
    case 'integrations':
      return `has the live set: ${event.names.join(', ') || 'empty'}`;
    case 'connected':
      return `is connected, session present: ${event.sessionPresent}`;
    case 'disconnected':
      return `is disconnected: ${event.reason.kind}; waits ${event.waitMs} ms`;
    case 'window-full':
      return `disconnects, as its window is full: ${event.messages}`;
    case 'spool-broken':
      return `reports the spool: ${event.detail}`;
    case 'dead-letter-lost':
      return `lost a dead letter: ${event.detail}`;
    default:
      return `reports ${event.kind}`;
  }
};
