import { expect } from 'chai';
import { type Reason, reasons } from '../../../lib/rules/rejection.js';
import { count, newTally, resultOf, tallyLine } from '../../../lib/rules/tally.js';
import { settlements } from '../../support/events.js';

const { notified, letter, spooled } = settlements('int1-open');
const deadLettered = (reason: Reason) => ({ ...letter, reason });

describe('tally', () => {
  it('counts messages by result', () => {
    const tally = newTally();
    for (const settlement of [notified, deadLettered('expired'), notified, deadLettered('refused')])
      count(tally, settlement);
    expect(tally).to.deep.equal({ ...newTally(), notified: 2, expired: 1, refused: 1 });
  });

  it('counts spooled messages separately, as they are counted again', () => {
    const tally = newTally();
    for (const settlement of [spooled, notified]) count(tally, settlement);
    expect(tally).to.deep.equal({ ...newTally(), spooled: 1, notified: 1 });
    expect(tallyLine(tally)).to.equal('1 notified, 1 spooled');
  });

  it('has one name for each result', () => {
    expect([notified, spooled, letter].map(resultOf)).to.deep.equal(['notified', 'spooled', 'unregistered']);
  });

  it('starts at zero each time', () => {
    count(newTally(), notified);
    expect(Object.values(newTally()).every((each) => each === 0)).to.equal(true);
  });

  it('has an entry for each reason', () => {
    for (const reason of reasons) {
      const tally = newTally();
      count(tally, deadLettered(reason));
      expect(tally[reason]).to.equal(1);
    }
  });

  it('leaves out zeros in its text, except for notified', () => {
    expect(tallyLine(newTally())).to.equal('0 notified');
    expect(tallyLine({ ...newTally(), refused: 2, undecodable: 1 })).to.equal(
      '0 notified, 1 undecodable, 2 refused',
    );
    expect(tallyLine({ ...newTally(), notified: 3 })).to.equal('3 notified');
    expect(tallyLine({ ...newTally(), expired: 2, dead_letters_lost: 1 })).to.equal(
      '0 notified, 2 expired; 1 dead letter could not be stored',
    );
  });

  it('counts lost dead letters in its text', () => {
    expect(tallyLine({ ...newTally(), expired: 2, dead_letters_lost: 1 })).to.equal(
      '0 notified, 2 expired; 1 dead letter could not be stored',
    );
  });
});
