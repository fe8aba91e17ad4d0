import { shortened } from '../util/printable.js';
import type { DaemonEvent } from './event.js';
import type { EntryKind } from './repeats.js';

/** How many changes of state are written within a minute before repeats are counted. */
const someFree = 10;

/**
 * Decides which events are repeats of each other in the log: dead letters with the same reason for the same app, errors with
 * the same text, else events of the same kind. Undefined for events that can't repeat endlessly, and for those of level
 * debug.
 */
export const entryKind = (event: DaemonEvent): EntryKind | undefined => {
  switch (event.kind) {
    case 'starting':
    case 'log-entries-dropped':
    case 'stopping':
    case 'stopped':
      return undefined;
    case 'settled': {
      const { settlement } = event;
      if (settlement.kind !== 'dead-lettered') return undefined;
      const name = shortened(settlement.message?.integration ?? '', 100);
      return { group: `settled ${settlement.reason}`, name, free: 1 };
    }
    case 'dead-letter-lost':
      return { group: event.kind, name: shortened(event.detail, 100), free: 1 };
    case 'disconnected':
      return { group: event.kind, name: event.reason.kind, free: someFree };
    case 'file-broken':
    case 'state-newer':
      return { group: event.kind, name: shortened(event.file, 100), free: someFree };
    default:
      return { group: event.kind, name: '', free: someFree };
  }
};
