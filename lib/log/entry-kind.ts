import { shortened } from '../util/printable.js';
import type { DaemonEvent } from './event.js';
import type { EntryKind } from './repeats.js';

const minuteMs = 60_000;

/** How many changes of state are written at once before repeats are counted. */
const someFree = 10;

/** The same for a broker that can't be reached: the first 15 seconds or so of an outage. */
const attemptsFree = 5;

/** Longer than the time between two attempts to connect: 60 s, and those for which an attempt may take. */
const firstTroubleMs = 5 * minuteMs;

/**
 * Decides which events are repeats of each other in the log: dead letters with the same reason for the same app, troubles with
 * the same cause or text, else events of the same kind. Troubles that last are summed up less and less often, and before
 * the line that says that they are over; messages and all else once a minute. Undefined for events that can't repeat
 * endlessly, and for those of level debug.
 */
export const entryKind = (event: DaemonEvent): EntryKind | undefined => {
  const { kind } = event;
  switch (kind) {
    case 'starting':
    case 'traffic':
    // At most one for each 128 KiB of other lines, see `lineOutput`.
    case 'log-entries-dropped':
    case 'stopping':
    case 'stopped':
      return undefined;
    case 'held':
    case 'released':
      return each(kind, event.message.integration, 1);
    case 'settled': {
      const { settlement } = event;
      if (settlement.kind !== 'dead-lettered') return undefined;
      return each(`settled ${settlement.reason}`, settlement.message?.integration ?? '', 1);
    }
    case 'dead-letter-lost':
      return each(kind, event.detail, 1);
    case 'disconnected':
      return trouble(kind, event.reason.kind, attemptsFree);
    case 'not-published':
      return each(kind, event.what, 1);
    case 'waiting':
      return trouble(kind, event.what);
    case 'file-broken':
      return trouble(kind, event.file);
    case 'state-newer':
      return trouble(kind, event.file);
    case 'stuck':
      return trouble(kind, event.what);
    case 'spool-broken':
    case 'state-unusable':
    case 'systemd-unreachable':
      return trouble(kind, event.detail);
    case 'odd-token':
    case 'cvmain-away':
    case 'cvmain-absent':
    case 'cvmain-fails':
    case 'subscription-refused':
    case 'subscription-unanswered':
    case 'granted-qos-0':
    case 'filters-overlap':
    case 'session-expiry':
    case 'window-full':
      return trouble(kind);
    case 'connected':
      return ending(kind, ['disconnected', 'waiting', 'window-full']);
    case 'subscribed':
      return ending(kind, ['subscription-refused', 'subscription-unanswered']);
    case 'cvmain-serves':
      return ending(kind, ['cvmain-away', 'cvmain-absent']);
    case 'cvmain-delivers':
      return ending(kind, ['cvmain-fails']);
    case 'file-whole':
      return { ...ending(kind, ['file-broken']), name: shortened(event.file, 100) };
    case 'integrations':
    case 'configuration-changed':
      return each(kind, '', someFree);
  }
};

const each = (group: string, name: string, free: number): EntryKind => ({
  group,
  name: shortened(name, 100),
  free,
  firstMs: minuteMs,
  longestMs: minuteMs,
  ends: [],
});

const trouble = (group: string, name = '', free = someFree): EntryKind => ({
  ...each(group, name, free),
  firstMs: firstTroubleMs,
  longestMs: 60 * minuteMs,
});

const ending = (group: string, ends: readonly DaemonEvent['kind'][]): EntryKind => ({
  ...each(group, '', someFree),
  ends,
});
