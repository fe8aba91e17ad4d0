import { expect } from 'chai';
import type { DaemonEvent } from '../../../lib/log/event.js';
import { logger } from '../../../lib/log/logger.js';
import { eventsWith } from '../../support/events.js';

const events = eventsWith('int1');
const registered: DaemonEvent = { kind: 'integrations', names: ['int1'], unreachable: [] };
const none: DaemonEvent = { kind: 'integrations', names: [], unreachable: [] };

const clock = { now: () => new Date(0), uptime: () => 0, later: () => undefined };

/** The kinds of what a log at level warn has. */
const loudOf = (...all: readonly DaemonEvent[]): readonly string[] => {
  const kinds: string[] = [];
  const write = (line: string) => kinds.push(JSON.parse(line).event);
  const log = logger({ level: 'warn', format: 'json', ...clock, write });
  for (const event of all) log(event);
  return kinds;
};

describe('the log at level warn', () => {
  const troubles: Readonly<Record<string, readonly [trouble: DaemonEvent, end: DaemonEvent]>> = {
    'no broker': [events.disconnected, events.connected],
    'no subscription': [events['subscription-refused'], events.subscribed],
    'no answer to the subscription': [events['subscription-unanswered'], events.subscribed],
    'no registration of the unit': [events.waiting, events.connected],
    'no token': [{ kind: 'waiting', what: 'token', detail: 'none yet' }, events.connected],
    'no app': [none, registered],
  };
  for (const [title, [trouble, end]] of Object.entries(troubles)) {
    it(`says that there is ${title}, and when that is over`, () => {
      expect(loudOf(trouble, trouble, end, end)).to.deep.equal([trouble.kind, trouble.kind, end.kind]);
    });

    it(`says nothing where there never was ${title}`, () => {
      expect(loudOf(end, end)).to.deep.equal([]);
    });
  }

  it('ends one trouble at a time', () => {
    expect(loudOf(events.disconnected, none, registered, events.subscribed, events.connected)).to.deep.equal([
      'disconnected',
      'integrations',
      'integrations',
      'connected',
    ]);
  });
});
