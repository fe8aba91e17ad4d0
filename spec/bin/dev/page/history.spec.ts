import { expect } from 'chai';
import fc from 'fast-check';
import type { DevEvent } from '../../../../bin/dev/event.js';
import { History, lineOf } from '../../../../bin/dev/page/history.js';
import { made } from './events.js';

const linesOf = (events: readonly DevEvent[]): readonly string[] => events.map(lineOf);

describe('live page, history', () => {
  /** After `events`, with room for two. */
  const kept = (...events: readonly DevEvent[]): readonly string[] => {
    const history = new History({ events: 2, characters: 100_000, facts: 5 });
    for (const event of events) history.add(event);
    return history.lines;
  };
  const [one, two] = [made.unheard(1, 'one'), made.unheard(2, 'two')];

  it('is the latest events in order', () => {
    expect(kept(made.unheard(0, 'zero'), one, two)).to.deep.equal(linesOf([one, two]));
  });

  it('keeps what still holds: the start, registrations, messages under way', () => {
    const lasting = [made.started(), made.registered(0, 'a'), made.received(0, 7), made.held(0, 7, 9)];
    expect(kept(...lasting, made.called(0, 7), one, two)).to.deep.equal(linesOf([...lasting, one, two]));
  });

  it('forgets what was ended: a registration, and of equal messages the first', () => {
    expect(kept(made.registered(0, 'a'), made.unregistered(0, 'a'), one, two)).to.have.length(2);
    const equal = [made.received(0, 7), made.held(0, 7, 9), made.received(1, 7), made.held(1, 7, 8)];
    const left = kept(...equal, made.rejected(2, 7), one, two);
    expect(left).to.deep.equal(linesOf([...equal.slice(2), one, two]));
    expect(kept(...equal, made.rejected(2, 7), made.rejected(2, 7), one, two)).to.have.length(2);
  });

  it('is bounded, whatever comes: in events, in characters and in what still holds', () => {
    const bounds = { events: 20, characters: 5_000, facts: 4 };
    const text = fc.string({ maxLength: 3_000 });
    const any: fc.Arbitrary<DevEvent> = fc.oneof(
      text.map((name) => made.registered(0, name)),
      text.map((name) => made.received(0, name.length % 7, name)),
      fc.nat(6).map((id) => made.held(0, id, 1)),
      text.map((to) => made.unheard(0, to)),
    );
    fc.assert(
      fc.property(fc.array(any, { maxLength: 200 }), (events) => {
        const history = new History(bounds);
        for (const event of events) history.add(event);
        expect(history.lines.length).to.be.at.most(bounds.events + bounds.facts ** 2);
        const characters = history.lines.reduce((sum, { length }) => sum + length, 0);
        expect(characters).to.be.at.most(2 * bounds.characters);
      }),
      { numRuns: 50 },
    );
  });
});
