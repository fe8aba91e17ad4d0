import { expect } from 'chai';
import { subscriptionOf } from '../../../lib/capture/subscription.js';

const filtersOf = ({ filters }: ReturnType<typeof subscriptionOf>): readonly string[] =>
  filters.map(({ filter }) => filter);

describe('what the unit of a capture was subscribed to', () => {
  it('is what its login says, whatever the capture tells', () => {
    const subscription = subscriptionOf(['s2u/mine/#']);
    subscription.told(['s2u/other/#']);
    subscription.seen('s2u/another/int1-open');
    expect(filtersOf(subscription)).to.deep.equal(['s2u/mine/#']);
  });

  it('is what the capture tells', () => {
    const subscription = subscriptionOf();
    subscription.told(['s2u/cv1/#', 'extra/x']);
    subscription.seen('s2u/cv2/int1-open');
    expect(filtersOf(subscription)).to.deep.equal(['s2u/cv1/#', 'extra/x']);
  });

  it('is not what somebody listened to who heard all: then the first topic tells', () => {
    const subscription = subscriptionOf();
    subscription.told(['#', '+/x']);
    for (const topic of ['$SYS/uptime', 'u2s/cv1/x', 's2u/cv1', 's2u/cv1/int1-open', 's2u/cv2/x']) {
      subscription.seen(topic);
    }
    expect(filtersOf(subscription)).to.deep.equal(['s2u/cv1/#']);
  });
});
