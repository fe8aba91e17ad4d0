import { expect } from 'chai';
import fc from 'fast-check';
import { Receipt, receiptOf } from '../../../lib/rules/receipt.js';
import { decodeJsonWith } from '../../../lib/util/codec.js';
import { rightOf } from '../../support/either.js';
import { secret, settlements } from '../../support/events.js';

describe('receiptOf', () => {
  it('is OK for a notified message, FAILED with the reason for a dead letter', () => {
    const { notified, letter } = settlements('int1-open');
    expect(receiptOf(notified)).to.deep.equal({ function: 'int1-open', status: 'OK', msg_body: 'notified' });
    expect(receiptOf({ ...letter, detail: 'no app' })).to.deep.equal({
      function: 'int1-open',
      status: 'FAILED',
      msg_body: 'unregistered: no app',
    });
  });

  it('does not exist for a spooled message, which is settled later', () => {
    expect(receiptOf(settlements('int1-open').spooled)).to.equal(undefined);
  });

  it('has no function if the name could not be read', () => {
    const { message: _, ...letter } = settlements('x').letter;
    expect(receiptOf(letter)).to.not.have.property('function');
  });

  it('is short, has no payload, and is read as it was written, whatever the names', () =>
    fc.assert(
      fc.property(fc.string({ unit: 'binary', size: 'xlarge' }), (text) => {
        for (const settlement of Object.values(settlements(text.replaceAll(secret, '')))) {
          const receipt = receiptOf(settlement);
          if (receipt === undefined) continue;
          const json = JSON.stringify(Receipt.encode(receipt));
          expect(json.includes(secret)).to.equal(false);
          expect(receipt.msg_body.length).to.be.at.most(513);
          expect(receipt.function?.length ?? 0).to.be.at.most(513);
          expect(rightOf(decodeJsonWith(Receipt)(json))).to.deep.equal(receipt);
        }
      }),
    ));
});
