import * as E from 'fp-ts/lib/Either.js';
import type { Credentials } from '../config/credentials.js';
import { ownReceiptTopic, ownTopic, topicRulesOf } from '../config/own-topic.js';
import type { Settings } from '../config/settings.js';
import type { BrokerLimits } from '../mqtt/connection/connection.js';
import { type Finding, good, warning } from './finding.js';

/**
 * The topics that the daemon publishes to by its settings, and whether the token and the `limits` of the broker, as far as they
 * are known, allow that; none if all is switched off.
 */
export const publishingFindings = (
  login: Credentials,
  { health_topic, receipts, receipt_topic }: Settings,
  { retain = true, qos1 = true }: BrokerLimits = {},
): readonly Finding[] => {
  const rules = topicRulesOf(login);
  const finding = (setting: string, topic: E.Either<string, string>, isRetained: boolean): Finding => {
    if (E.isRight(topic)) {
      if (!qos1) return withoutQos1(setting);
      return isRetained && !retain
        ? withoutRetain(setting)
        : good(setting, 'topic-allowed', `publishes to ${topic.right}`);
    }
    const advice = "choose a topic under acl.pub of the unit's token, such as u2s/<username>/…";
    return warning(setting, 'topic-refused', `nothing is published: ${topic.left}`, advice);
  };
  const health = health_topic === '' ? undefined : ownTopic(health_topic, login, rules);
  const healthTopic = health === undefined || E.isLeft(health) ? undefined : health.right;
  const receipt = ownReceiptTopic(receipt_topic, login, rules, healthTopic);
  return [
    ...(health === undefined ? [] : [finding('health_topic', health, true)]),
    ...(receipts === 'all' ? [finding('receipt_topic', receipt, false)] : []),
    ...(receipts === 'asked' && !qos1 ? [withoutQos1('receipts')] : []),
  ];
};

const withoutRetain = (setting: string): Finding =>
  warning(
    setting,
    'no-retain',
    'nothing is published: the broker keeps no retained messages',
    `let the broker keep retained messages, or remove ${setting} from mq/cvmqtt.json`,
  );

const withoutQos1 = (setting: string): Finding =>
  warning(
    setting,
    'no-qos-1',
    'nothing is published: the broker takes publishes at QoS 0 only',
    `let the broker take QoS 1, or remove ${setting} from mq/cvmqtt.json`,
  );
