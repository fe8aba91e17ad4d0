import { assert } from 'chai';
import { understand } from '../../../lib/delivery/deliverable.js';
import { halfDelivered, newJob, newLane, settled } from '../../../lib/delivery/lane.js';
import { topicFilter } from '../../../lib/message/topic-filter.js';
import { publishOf, type Sent } from '../../support/shorthand.js';

const jobOf = (sent: Sent, now: number) => {
  const understood = understand({ nameFrom: 'auto', filters: [topicFilter('s2u/cv12345/#')] })(
    publishOf(1, sent),
  );
  if (understood.kind !== 'deliverable') throw new Error(understood.detail);
  return newJob(understood, now);
};

describe('newJob', () => {
  it('expires when its lifetime is over, counted from now', () => {
    assert.equal(jobOf({ name: 'int1-open', expiresInMs: 50 }, 1000).expiresAt, 1050);
    assert.equal(jobOf('int1-open', 1000).expiresAt, Number.POSITIVE_INFINITY);
  });
});

describe('newLane', () => {
  it('is empty, and due', () => {
    assert.deepEqual(newLane('int1', 1000), {
      integration: 'int1',
      jobs: [],
      tail: [],
      progressAt: 1000,
      storing: 'no',
      reading: false,
      state: 'due',
    });
  });
});

describe('halfDelivered', () => {
  it('is what one target has accepted, whichever', () => {
    const job = jobOf('int1-open', 1000);
    assert.isFalse(halfDelivered(job));
    assert.isTrue(halfDelivered({ ...job, accepted: { notifier: true, external: false } }));
    assert.isTrue(halfDelivered({ ...job, accepted: { notifier: false, external: true } }));
  });
});

describe('settled', () => {
  it('tells what the job took', () => {
    const job = { ...jobOf('int1-open', 1000), attempts: 3 };
    const { message } = job.deliverable;
    const facts = { publish: message.publish, message, attempts: 3, tookMs: 234 };
    assert.deepEqual(settled(job, 1234), { kind: 'notified', ...facts });
    assert.deepEqual(settled(job, 1234, { reason: 'refused', detail: 'no' }), {
      kind: 'dead-lettered',
      ...facts,
      reason: 'refused',
      detail: 'no',
    });
  });
});
