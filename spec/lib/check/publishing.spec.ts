import { expect } from 'chai';
import { publishingFindings } from '../../../lib/check/publishing.js';
import { defaultSettings } from '../../../lib/config/settings.js';
import type { BrokerLimits } from '../../../lib/mqtt/connection/connection.js';
import { jwt } from '../../support/jwt.js';
import { login } from '../../support/session.js';

describe('what check says of topics that the daemon publishes to', () => {
  const unit = login({ password: jwt({ acl: { pub: ['u2s/cv12345/#'] } }) });
  const findings = (more: Partial<typeof defaultSettings>, limits?: BrokerLimits) =>
    publishingFindings(unit, { ...defaultSettings, ...more }, limits).map(
      ({ level, subject, text }) => `${level} ${subject}: ${text}`,
    );

  it('says nothing if all is off, or only senders choose', () => {
    expect(findings({})).to.deep.equal([]);
    expect(findings({ receipts: 'asked' })).to.deep.equal([]);
  });

  it('names the topics in use', () => {
    expect(findings({ health_topic: `u2s/\${username}/health`, receipts: 'all' })).to.deep.equal([
      'ok health_topic: publishes to u2s/cv12345/health',
      'ok receipt_topic: publishes to u2s/cv12345/receipt',
    ]);
  });

  it('warns of those that the broker does not take: without retained messages, without QoS 1', () => {
    const settings = { health_topic: `u2s/\${username}/health`, receipts: 'all' as const };
    expect(findings(settings, { retain: false })).to.deep.equal([
      'warning health_topic: nothing is published: the broker keeps no retained messages',
      'ok receipt_topic: publishes to u2s/cv12345/receipt',
    ]);
    expect(findings(settings, { qos1: false })).to.deep.equal([
      'warning health_topic: nothing is published: the broker takes publishes at QoS 0 only',
      'warning receipt_topic: nothing is published: the broker takes publishes at QoS 0 only',
    ]);
    expect(findings({ receipts: 'asked' }, { qos1: false, retain: false })).to.deep.equal([
      'warning receipts: nothing is published: the broker takes publishes at QoS 0 only',
    ]);
    expect(findings({}, { qos1: false, retain: false })).to.deep.equal([]);
  });

  it('warns of those that the token does not allow', () => {
    expect(findings({ health_topic: 'u2s/health', receipts: 'all', receipt_topic: '' })).to.deep.equal([
      "warning health_topic: nothing is published: u2s/health is not under acl.pub of the unit's token",
      'warning receipt_topic: nothing is published:  is not a topic name of at most 512 bytes, without + and #',
    ]);
  });
});
