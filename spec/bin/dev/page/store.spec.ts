import { expect } from 'chai';
import type { DevEvent } from '../../../../bin/dev/event.js';
import { storeOf } from '../../../../bin/dev/page/live/store.js';
import { made } from './events.js';

const storeWith = (...events: readonly DevEvent[]) => {
  const store = storeOf();
  for (const event of events) store.take(event);
  return store;
};

describe('live page, store', () => {
  it('puts the events of a message together', () => {
    const events = [made.received(0, 1), made.held(0, 1, 900), made.called(5, 1), made.notified(6, 1)];
    const [entry, ...more] = storeWith(...events).entries();
    expect(more).to.deep.equal([]);
    expect(entry).to.deep.include({ name: 'a-x', app: 'a', at: 0, spooled: false, unheard: [] });
    expect(entry?.held).to.deep.equal({ forMs: 900, until: 900, app: 'a', nearest: undefined });
    expect(entry?.calls).to.deep.equal([events[2]]);
    expect(entry?.end).to.deep.equal({ at: 6, event: events[3] });
  });

  it('ends equal messages in order, and holds the latest', () => {
    const store = storeWith(
      made.received(0, 1),
      made.received(5, 1),
      made.held(5, 1, 10),
      made.notified(7, 1),
    );
    const [first, second] = store.entries();
    expect(first?.end?.at).to.equal(7);
    expect(second?.end).to.equal(undefined);
    expect([first?.held, second?.held?.until]).to.deep.equal([undefined, 15]);
  });

  it('waits on for a message in the spool', () => {
    const store = storeWith(made.received(0, 1), made.spooled(1, 1));
    expect(store.entries()[0]).to.deep.include({ spooled: true, end: undefined });
    store.take(made.rejected(9, 1));
    expect(store.entries()[0]?.end?.at).to.equal(9);
  });

  it('shows the end of a message that came before what it knows', () => {
    const [entry] = storeWith(made.rejected(9, 1)).entries();
    expect(entry).to.include({ at: 4, received: undefined });
  });

  it('finds the message that nobody heard, before and after the end of its call', () => {
    const to = '127.0.0.1:9';
    const earlier = storeWith(made.received(0, 1), made.unheard(3, to), made.called(4, 1, to, 2));
    const later = storeWith(made.received(0, 1), made.called(4, 1, to, 2), made.unheard(5, to));
    for (const store of [earlier, later]) expect(store.entries()[0]?.unheard).to.deep.equal([to]);
    const healed = storeWith(made.unheard(3, to), made.received(8, 2), made.called(9, 2, to, 1));
    expect(healed.entries()[0]?.unheard).to.deep.equal([]);
  });

  it('knows who is registered, where nobody hears, and forgets that when the app registers again', () => {
    const store = storeWith(
      made.started(),
      made.registered(1, 'a', '127.0.0.1:9'),
      made.registered(1, 'b'),
      made.unheard(2, '127.0.0.1:9'),
      made.unheard(2, '127.0.0.1:3'),
    );
    expect(store.apps().map(({ isUnheard }) => isUnheard)).to.deep.equal([true, true]);
    store.take(made.registered(3, 'a', '127.0.0.1:10'));
    store.take(made.unregistered(4, 'b'));
    const [a, b] = store.apps();
    expect(a).to.deep.include({ isUnheard: false, address: '127.0.0.1:10' });
    expect(a?.periods).to.deep.equal([{ from: 1, to: undefined }]);
    expect(b?.periods).to.deep.equal([{ from: 1, to: 4 }]);
  });

  it('takes no app from names without a dash, and from topics', () => {
    const names = ['reboot', '-x', 's2u/cv1/command', 'vg:upgrader-x'];
    const store = storeWith(...names.map((name, id) => made.received(0, id, name)));
    expect(store.entries().map(({ app }) => app)).to.deep.equal(['', '', '', 'vg:upgrader']);
  });

  it('is bounded: an hour of 100 messages a second, registrations, and messages that never end', () => {
    const store = storeOf();
    for (let id = 0; id < 360_000; id += 1) {
      store.take(made.received(10 * id, id));
      if (id % 3 > 0) store.take(made.notified(10 * id + 2, id));
      if (id % 100 === 0) store.take(made.registered(10 * id, `app${id}`));
      if (id % 100 === 50) store.take(made.unheard(10 * id, `127.0.0.1:${id}`));
    }
    expect(store.counts()).to.deep.equal({ received: 360_000, notified: 240_000, rejected: 0 });
    expect(store.entries()).to.have.length.within(6_000, 7_501);
    expect(store.apps()).to.have.length(1_000);
    expect(store.changes()).to.have.length.at.most(626);
    // What is cut off is also no longer looked up.
    store.take(made.notified(9e6, 0));
    expect(store.entries().at(-1)).to.include({ digest: '0', received: undefined });
  });
});
