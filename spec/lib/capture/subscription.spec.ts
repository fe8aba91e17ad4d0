import { expect } from 'chai';
import { subscriptionOf } from '../../../lib/capture/subscription.js';

const filtersOf = ({ filters }: ReturnType<typeof subscriptionOf>): readonly string[] =>
  filters.map(({ filter }) => filter);

describe('subscriptionOf', () => {
  it('uses the filters of the login, whatever the capture says', () => {
    const subscription = subscriptionOf(['s2u/mine/#']);
    subscription.captured(['s2u/other/#']);
    subscription.seen('s2u/another/int1-open');
    expect(filtersOf(subscription)).to.deep.equal(['s2u/mine/#']);
  });

  it('uses the filters of the capture', () => {
    const subscription = subscriptionOf();
    subscription.captured(['s2u/cv1/#', 'extra/x']);
    subscription.seen('s2u/cv2/int1-open');
    expect(filtersOf(subscription)).to.deep.equal(['s2u/cv1/#', 'extra/x']);
  });

  it('is guessed from the first topic when the capture subscribed to everything', () => {
    const subscription = subscriptionOf();
    subscription.captured(['#', '+/x']);
    for (const topic of ['$SYS/uptime', 'u2s/cv1/x', 's2u/cv1', 's2u/cv1/int1-open', 's2u/cv2/x']) {
      subscription.seen(topic);
    }
    expect(filtersOf(subscription)).to.deep.equal(['s2u/cv1/#']);
  });
});
