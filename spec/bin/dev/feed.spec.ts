import { expect } from 'chai';
import type { DevEvent } from '../../../bin/dev/event.js';
import { Feed } from '../../../bin/dev/feed.js';
import { linesOf } from '../../../bin/dev/lines.js';
import { cvmainDefaults } from '../../../lib/config/cvmain-config.js';
import { defaultSettings } from '../../../lib/config/settings.js';
import { payloadOf } from '../../../lib/rules/message/payload.js';
import type { Publish } from '../../../lib/rules/message/publish.js';
import { topicFilter } from '../../../lib/rules/message/topic-filter.js';
import type { Integration } from '../../../lib/rules/routing/integrations.js';
import { rulesOf } from '../../../streams/rules.js';

const filters = [topicFilter('s2u/cv1/#')];
const rules = rulesOf({ settings: defaultSettings, cvmain: cvmainDefaults, filters: () => filters });

const setOf = (...integrations: readonly Integration[]) =>
  new Map(integrations.map((each) => [each.name, each]));

const publish = (payload: string, topic = 's2u/cv1/command'): Publish => ({
  seq: 1,
  topic,
  payload: payloadOf(Buffer.from(payload)),
  qos: 1,
  retain: false,
  dup: false,
  receivedAt: 0,
});

describe('the events of cvmqtt dev', () => {
  const feed = () => {
    const events: DevEvent[] = [];
    const made = new Feed({
      rules: () => rules,
      notifierAddr: '127.0.0.1:5555',
      now: () => new Date(0),
      emit: (event) => events.push(event),
    });
    return { made, events };
  };

  it('are each change of the live set, and nothing if it stays', () => {
    const { made, events } = feed();
    const app = { name: 'a', address: { host: '127.0.0.1', port: 1 } };
    made.registered(setOf(app));
    made.registered(setOf(app));
    made.registered(setOf({ ...app, address: { host: '127.0.0.1', port: 2 } }));
    made.registered(setOf());
    expect(events.map(({ event }) => event)).to.deep.equal(['registered', 'registered', 'unregistered']);
    expect(events[1]).to.include({ address: '127.0.0.1:2' });
  });

  it('say that a message waits only if its app may still register', () => {
    const { made, events } = feed();
    made.registered(setOf({ name: 'here' }));
    for (const payload of ['{"function":"here-x"}', '{"function":"vg:x-y"}', '{"function":"nodash"}', ''])
      made.received(publish(payload));
    expect(events.filter(({ event }) => event === 'held')).to.deep.equal([]);
    made.received(publish('{"function":"hare-x","timeout":2000}'));
    expect(events.at(-1)).to.include({ event: 'held', integration: 'hare', nearest: 'here', for_ms: 2_000 });
  });

  it('warn of all that is wrong with a registration', () => {
    const { made, events } = feed();
    made.registered(setOf({ name: 'vg:my-app', address: { host: '0.0.0.0', port: 1 } }));
    expect(events[0])
      .to.have.property('warning')
      .that.matches(
        /without a dash; messages for it are rejected: .*; 0\.0\.0\.0 is an address to listen on/,
      );
  });

  it('leave the notifier out if no app depends on it', () => {
    const { made, events } = feed();
    made.registered(setOf({ name: 'a', address: { host: '127.0.0.1', port: 1 } }));
    made.unheard('127.0.0.1:5555');
    expect(events).to.have.length(1);
    made.registered(setOf({ name: 'b' }));
    made.unheard('127.0.0.1:5555');
    expect(events.at(-1)).to.deep.include({ event: 'unheard', to: '127.0.0.1:5555' });
  });

  it('are lines without control characters, whatever the message has', () => {
    const { made, events } = feed();
    const plain = (text: string): string => text;
    made.received(publish('{"function":"\\u001b[2J-\\n\\u202e"}', 's2u/cv1/\u009b'));
    made.received(publish('\u001b]0;x\u0007'));
    const lines = events.flatMap((event) => linesOf(event, { good: plain, bad: plain, faint: plain }));
    expect(lines).to.have.length.above(2);
    for (const line of lines) expect(line).not.to.match(/[\p{Cc}\u202e]/u);
  });
});
