import type { Style } from '../../lib/explain/show.js';
import { showDuration } from '../../lib/util/duration.js';
import { printable, shortened } from '../../lib/util/printable.js';
import type { DevEvent } from './event.js';

/**
 * An event as lines of text: time, what happened, to which name; then details. None for an event that the next one
 * repeats. Everything untrusted is escaped.
 */
export const linesOf = (event: DevEvent, style: Style): readonly string[] => {
  const { good, bad, faint } = style;
  const line = (what: string, name: string, ...rest: readonly string[]): string =>
    [faint(event.at.slice(11, 23)), what, printable(shortened(name, 60)).padEnd(24), ...rest]
      .join('  ')
      .trimEnd();
  const word = (text: string): string => text.padEnd(13);
  const more = (text: string): string => `${' '.repeat(14)}${printable(text, 1_000)}`;
  switch (event.event) {
    case 'started':
      return [];
    case 'registered':
      return [
        line(
          word('registered'),
          event.name,
          printable(event.address ?? 'without an address: by the notifier'),
        ),
        ...(event.warning === undefined ? [] : [more(bad(event.warning))]),
      ];
    case 'unregistered':
      return [line(word('unregistered'), event.name)];
    case 'received':
      return [line(word('received'), event.name, faint(printable(shortened(event.payload, 100))))];
    case 'held': {
      const { integration, nearest, for_ms } = event;
      const similar = nearest === undefined ? '' : `; the nearest registered name is "${nearest}"`;
      const what = `up to ${showDuration(for_ms)} for "${integration}" to be registered${similar}`;
      return [
        line(word('waits'), event.name, printable(what)),
        ...(event.advice === undefined ? [] : [more(event.advice)]),
      ];
    }
    case 'called':
      if (event.outcome === 'accepted') return [];
      return [
        line(
          bad(word(`call ${event.outcome}`)),
          event.name,
          printable(`to ${event.to}, after ${event.took_ms} ms: ${event.detail ?? ''}`),
        ),
      ];
    case 'unheard':
      return [
        line(
          bad(word('nobody hears')),
          event.to,
          'nothing listens there: start the app, or register its port',
        ),
      ];
    case 'spooled':
      return [line(word('spooled'), event.name, 'kept on the disk until its turn')];
    case 'notified':
      return [
        line(
          good(word('notified')),
          event.name,
          printable(`→ ${[...event.to, ...(event.via_notifier ? ['the notifier'] : [])].join(', ')}`),
          faint(showDuration(event.took_ms)),
        ),
      ];
    case 'dead-lettered':
      return [line(bad(word(event.reason)), event.name, printable(event.detail)), more(event.advice)];
    case 'log':
      return [`${faint(event.at.slice(11, 23))}  ${faint(printable(event.message))}`];
  }
};
