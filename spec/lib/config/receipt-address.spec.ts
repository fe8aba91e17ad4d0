import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import { type ReceiptRules, receiptAddress } from '../../../lib/config/receipt-address.js';

const rules = (receipts: ReceiptRules['receipts'], more: Partial<ReceiptRules> = {}): ReceiptRules => ({
  mayPublish: (topic) => topic.startsWith('u2s/'),
  filters: ['s2u/#'],
  receipts,
  receiptTopic: E.right('u2s/receipt'),
  healthTopic: 'u2s/health',
  ...more,
});

describe('receiptAddress', () => {
  const reply = { topic: 'u2s/answer', correlation: 'AA==' };

  it("is the sender's topic, with its correlation data", () => {
    for (const receipts of ['asked', 'all'] as const)
      expect(receiptAddress(reply, rules(receipts))).to.deep.equal(E.right(reply));
  });

  it('is the topic of the settings for the others only if receipts are for all', () => {
    expect(receiptAddress(undefined, rules('asked'))).to.deep.equal(E.right(undefined));
    expect(receiptAddress(undefined, rules('all'))).to.deep.equal(E.right({ topic: 'u2s/receipt' }));
    const none = rules('all', { receiptTopic: E.left('no') });
    expect(receiptAddress(undefined, none)).to.deep.equal(E.left('no'));
  });

  it('is refused, and not replaced by that topic, if what the sender asks for is', () => {
    for (const topic of ['s2u/cv1/command', 'u2s/health', 'u2s/+', 'u2s/#', 'other', '', '$SYS/a'])
      expect(E.isLeft(receiptAddress({ topic }, rules('all'))), topic).to.equal(true);
    expect(E.isLeft(receiptAddress(null, rules('all')))).to.equal(true);
  });
});
