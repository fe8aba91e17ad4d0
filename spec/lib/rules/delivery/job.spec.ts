import { expect } from 'chai';
import {
  accept,
  hasAccepted,
  isHalfDelivered,
  settled,
  spooled,
} from '../../../../lib/rules/delivery/job.js';
import { jobOf } from '../../../support/lanes.js';

describe('a job', () => {
  it('expires when its lifetime is over, counted from its receipt', () => {
    expect(jobOf(1, { name: 'int1-open', expiresInMs: 50 }, 1_000).expiresAt).to.equal(1_050);
    expect(jobOf(1, { name: 'int1-open', expiresInMs: 50, arrivedAt: 900 }, 1_000).expiresAt).to.equal(950);
    expect(jobOf(1, 'int1-open', 1_000).expiresAt).to.equal(Number.POSITIVE_INFINITY);
  });

  it('reports attempts and duration', () => {
    const job = { ...jobOf(1, 'int1-open', 1_000), attempts: 3 };
    const { message } = job.deliverable;
    const facts = { publish: message.publish, message, attempts: 3, tookMs: 234 };
    expect(settled(job, 1_234)).to.deep.equal({ kind: 'notified', ...facts });
    const rejection = { reason: 'refused', detail: 'no' } as const;
    expect(settled(job, 1_234, rejection)).to.deep.equal({ kind: 'dead-lettered', ...facts, ...rejection });
  });

  it('knows which targets have accepted it, and so do its dead letter and the spool', () => {
    const job = jobOf(1, 'int1-open');
    expect(isHalfDelivered(job)).to.equal(false);
    accept(job, 'notifier');
    expect([isHalfDelivered(job), hasAccepted(job, 'notifier'), hasAccepted(job, 'external')]).to.deep.equal([
      true,
      true,
      false,
    ]);
    const letter = settled(job, 0, { reason: 'expired', detail: 'too late' });
    expect(letter.publish.accepted).to.deep.equal(['notifier']);
    expect('detail' in letter && letter.detail).to.equal('too late; notifier had accepted it');
    spooled(job, 0, 7);
    expect(job.deliverable.message.publish)
      .to.include({ seq: -7 })
      .and.deep.include({ accepted: ['notifier'] });
  });

  it('that was half delivered continues with the other target', () => {
    const job = jobOf(1, { name: 'int1-open', accepted: ['external'] });
    expect([hasAccepted(job, 'notifier'), hasAccepted(job, 'external')]).to.deep.equal([false, true]);
  });
});
