import * as E from 'fp-ts/lib/Either.js';
import { matches, topicFilter } from '../rules/message/topic-filter.js';
import { isTopicName } from '../rules/message/topic-name.js';
import { filled } from './acl-rules.js';
import { type Credentials, clientIdOf } from './credentials.js';
import { type MayPublish, mayPublishOf } from './publish-rights.js';

/** What a login may publish to, and what it subscribes to. */
export interface TopicRules {
  readonly mayPublish: MayPublish;
  /** Topic filters of the session. */
  readonly filters: Credentials['filters'];
}

/** The rules of a login. */
export const topicRulesOf = (login: Credentials): TopicRules => ({
  mayPublish: mayPublishOf(login),
  filters: login.filters,
});

/**
 * Why a publish of ours to this topic is refused; undefined if it may go: not a valid topic name of at most 512 bytes, a topic
 * of the broker's own (`$…`), one that the session subscribes to, as it would come back as a command, or one that the token
 * does not allow.
 */
export const topicProblem = (topic: string, { mayPublish, filters }: TopicRules): string | undefined => {
  if (!isTopicName(topic)) return 'is not a topic name of at most 512 bytes, without + and #';
  if (topic.startsWith('$')) return 'begins with $, which is for the broker';
  if (filters.some((filter) => matches(topicFilter(filter), topic)))
    return 'is subscribed to: the message would come back';
  return mayPublish(topic) ? undefined : "is not under acl.pub of the unit's token";
};

/**
 * The topic of a setting for a login: `${username}` and `${clientid}` are filled in. Left: why nothing is published there, see
 * {@link topicProblem}.
 */
export const ownTopic = (
  template: string,
  { username }: Pick<Credentials, 'username'>,
  rules: TopicRules,
): E.Either<string, string> => {
  const topic = filled(template, { username, clientId: clientIdOf(username) });
  if (topic === undefined) return E.left(`${template} has an unknown placeholder`);
  const problem = topicProblem(topic, rules);
  return problem === undefined ? E.right(topic) : E.left(`${topic} ${problem}`);
};

/** The same for the topic of receipts, which must not be that of the health: a reader would take them for it. */
export const ownReceiptTopic = (
  template: string,
  login: Pick<Credentials, 'username'>,
  rules: TopicRules,
  healthTopic: string | undefined,
): E.Either<string, string> =>
  E.filterOrElse(
    (topic: string) => topic !== healthTopic,
    (topic) => `${topic} is the health topic`,
  )(ownTopic(template, login, rules));
