import * as E from 'fp-ts/lib/Either.js';
import type { Credentials } from '../config/credentials.js';
import { ownTopic, topicRulesOf } from '../config/own-topic.js';
import type { Settings } from '../config/settings.js';
import { type Finding, good, warning } from './finding.js';

/** The topics that the daemon publishes to by its settings, and whether the token allows that; none if all is switched off. */
export const publishingFindings = (
  login: Credentials,
  { health_topic, receipts, receipt_topic }: Settings,
): readonly Finding[] => {
  const rules = topicRulesOf(login);
  const finding = (setting: string, template: string): Finding => {
    const topic = ownTopic(template, login, rules);
    if (E.isRight(topic)) return good(setting, 'topic-allowed', `publishes to ${topic.right}`);
    const advice = "choose a topic under acl.pub of the unit's token, such as u2s/<username>/…";
    return warning(setting, 'topic-refused', `nothing is published: ${topic.left}`, advice);
  };
  return [
    ...(health_topic === '' ? [] : [finding('health_topic', health_topic)]),
    ...(receipts === 'all' ? [finding('receipt_topic', receipt_topic)] : []),
  ];
};
