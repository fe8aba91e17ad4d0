import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import type { DaemonEvent } from '../../../lib/log/event.js';
import { ownTopics } from '../../../streams/programs/own-topics.js';
import { jwt } from '../../support/jwt.js';
import { login } from '../../support/session.js';

describe('ownTopics', () => {
  const allowing = (exp: number, ...pub: readonly string[]) =>
    login({ password: jwt({ exp, acl: { pub } }) });
  const settings = { health_topic: 'a/health', receipts: 'all', receipt_topic: 'a/receipt' } as const;

  const start = (more: Partial<Parameters<typeof ownTopics>[0]> = {}) => {
    const reports: DaemonEvent[] = [];
    return { rulesOf: ownTopics({ ...settings, ...more }, (event) => reports.push(event)), reports };
  };

  it('are those of the settings that the login may publish to', () => {
    const { rulesOf, reports } = start();
    const rules = rulesOf(allowing(1, 'a/#'));
    expect(rules).to.deep.include({ healthTopic: 'a/health', receiptTopic: E.right('a/receipt') });
    expect(reports).to.deep.equal([]);
  });

  it('report those that it may not, once until that changes, whichever login is asked about', () => {
    const { rulesOf, reports } = start();
    const [good, bad, alsoBad] = [allowing(1, 'a/#'), allowing(2, 'a/receipt'), allowing(3, 'a/receipt')];
    for (const each of [good, bad, good, bad, alsoBad, good, bad]) rulesOf(each);
    expect(reports).to.deep.equal([
      {
        kind: 'not-published',
        what: 'health_topic',
        detail: "a/health is not under acl.pub of the unit's token",
      },
    ]);
    expect(rulesOf(bad).healthTopic).to.equal(undefined);
    rulesOf(allowing(4, 'a/#'));
    rulesOf(allowing(5, 'a/receipt'));
    expect(reports).to.have.length(2);
  });

  it('leave the health topic to the health: receipts there would be read as one', () => {
    const { rulesOf, reports } = start({ receipt_topic: 'a/health' });
    const detail = 'a/health is the health topic';
    expect(rulesOf(allowing(1, 'a/#'))).to.deep.include({
      healthTopic: 'a/health',
      receiptTopic: E.left(detail),
    });
    expect(reports).to.deep.equal([{ kind: 'not-published', what: 'receipt_topic', detail }]);
    const withoutHealth = start({ health_topic: '', receipt_topic: 'a/health' });
    expect(withoutHealth.rulesOf(allowing(1, 'a/#')).receiptTopic).to.deep.equal(E.right('a/health'));
  });

  it('report nothing of what is off', () => {
    const { rulesOf, reports } = start({ health_topic: '', receipts: 'asked' });
    expect(rulesOf(allowing(1, 'b')).healthTopic).to.equal(undefined);
    expect(reports).to.deep.equal([]);
  });
});
