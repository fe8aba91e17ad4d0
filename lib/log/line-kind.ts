import { shortened } from '../util/printable.js';
import type { DaemonEvent } from './event.js';
import type { LineKind } from './repeats.js';

/** Changes of state follow each other, and the latest one counts: of these some are written before repeats are counted. */
const someFree = 10;

/**
 * Which events are repeats of each other in the log: dead letters with the same reason for the same app, errors with the
 * same words, all others of one kind. Undefined for what can't repeat without end, and for the detail of level debug.
 */
export const lineKind = (event: DaemonEvent): LineKind | undefined => {
  switch (event.kind) {
    case 'starting':
    case 'log-lines-dropped':
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
      return { group: event.kind, name: shortened(event.file, 100), free: someFree };
    default:
      return { group: event.kind, name: '', free: someFree };
  }
};
