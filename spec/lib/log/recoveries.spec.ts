import { expect } from 'chai';
import type { DaemonEvent } from '../../../lib/log/event.js';
import { logger } from '../../../lib/log/logger.js';
import { eventsWith } from '../../support/events.js';

const events = eventsWith('int1');
const registered: DaemonEvent = { kind: 'integrations', names: ['int1'], unreachable: [] };
const none: DaemonEvent = { kind: 'integrations', names: [], unreachable: [] };

const clock = { toJournal: false, now: () => new Date(0), uptime: () => 0, later: () => undefined };

/** The kinds of the entries in a log at level warn. */
const loudOf = (...all: readonly DaemonEvent[]): readonly string[] => {
  const kinds: string[] = [];
  const write = (line: string) => kinds.push(JSON.parse(line).event);
  const log = logger({ level: 'warn', format: 'json', ...clock, write });
  for (const event of all) log(event);
  return kinds;
};

describe('the log at level warn', () => {
  const troubles: Readonly<Record<string, readonly [trouble: DaemonEvent, recovery: DaemonEvent]>> = {
    'a lost connection': [events.disconnected, events.connected],
    'a refused subscription': [events['subscription-refused'], events.subscribed],
    'an unanswered subscription': [events['subscription-unanswered'], events.subscribed],
    'an unregistered unit': [events.waiting, events.connected],
    'a missing token': [{ kind: 'waiting', what: 'token', detail: 'none yet' }, events.connected],
    'an empty live set': [none, registered],
  };
  for (const [title, [trouble, recovery]] of Object.entries(troubles)) {
    it(`reports the recovery from ${title}, once`, () => {
      expect(loudOf(trouble, trouble, recovery, recovery)).to.deep.equal([
        trouble.kind,
        trouble.kind,
        recovery.kind,
      ]);
    });

    it(`reports no recovery without ${title}`, () => {
      expect(loudOf(recovery, recovery)).to.deep.equal([]);
    });
  }

  it('tracks each trouble separately', () => {
    expect(loudOf(events.disconnected, none, registered, events.subscribed, events.connected)).to.deep.equal([
      'disconnected',
      'integrations',
      'integrations',
      'connected',
    ]);
  });
});
