import * as E from 'fp-ts/lib/Either.js';
import type { Credentials } from '../../lib/config/credentials.js';
import { ownReceiptTopic, ownTopic, topicRulesOf } from '../../lib/config/own-topic.js';
import type { ReceiptRules } from '../../lib/config/receipt-address.js';
import type { Settings } from '../../lib/config/settings.js';
import type { Report } from '../../lib/log/event.js';

/** Where cvmqtt publishes, by the settings. */
export type TopicSettings = Pick<Settings, 'health_topic' | 'receipts' | 'receipt_topic'>;

/**
 * The rules for publishing with a login; they are made once for a login. A topic of the settings that the login may not publish to
 * is reported, once until that changes.
 */
export const ownTopics = (
  settings: TopicSettings,
  report: Report,
): ((login: Credentials) => ReceiptRules) => {
  const { health_topic, receipts, receipt_topic } = settings;
  /** The login of a connection and the newest one may differ. */
  const known = new WeakMap<Credentials, ReceiptRules>();
  const reported = new Map<string, string | undefined>();
  const said = (setting: 'health_topic' | 'receipt_topic', topic: E.Either<string, string>): void => {
    const problem = E.isLeft(topic) ? topic.left : undefined;
    if (problem !== undefined && reported.get(setting) !== problem)
      report({ kind: 'not-published', what: setting, detail: problem });
    reported.set(setting, problem);
  };
  const rulesOf = (login: Credentials): ReceiptRules => {
    const rules = topicRulesOf(login);
    const health = health_topic === '' ? undefined : ownTopic(health_topic, login, rules);
    const healthTopic = health === undefined || E.isLeft(health) ? undefined : health.right;
    const receiptTopic = ownReceiptTopic(receipt_topic, login, rules, healthTopic);
    if (health !== undefined) said('health_topic', health);
    if (receipts === 'all') said('receipt_topic', receiptTopic);
    return { ...rules, receipts, receiptTopic, healthTopic };
  };
  return (login) => {
    const rules = known.get(login) ?? rulesOf(login);
    known.set(login, rules);
    return rules;
  };
};
