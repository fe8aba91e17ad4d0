import * as E from 'fp-ts/lib/Either.js';
import { isTopicFilter, matches, topicFilter } from '../rules/message/topic-filter.js';
import { filled, rulesOf } from './acl-rules.js';
import { type Credentials, clientIdOf } from './credentials.js';
import { payloadOf } from './token.js';

/** Whether the login may publish to a topic, as far as its token says. The broker decides. */
export type MayPublish = (topic: string) => boolean;

/**
 * What the `acl` claim of a login's token allows to publish: the topics under `pub` and `all`, or those of a list of rules, of which
 * the first that matches counts. Without a claim, `u2s/<username>/#` (docs/domain.md#broker). Rules that can't be read count as
 * absent, and what no rule allows is not allowed: a broker may disconnect for it (MQTT 5, 3.3.5).
 */
export const mayPublishOf = ({
  username,
  password,
}: Pick<Credentials, 'username' | 'password'>): MayPublish => {
  const claims = payloadOf(password);
  const acl = E.isLeft(claims) ? undefined : claims.right.acl;
  const client = { username, clientId: clientIdOf(username) };
  const given =
    acl === undefined || acl === null
      ? [{ topic: `u2s/${username}/#`, allowed: true }]
      : rulesOf(acl, 'pub', new Set());
  const rules = given.flatMap(({ topic, allowed }) => {
    const filter = typeof topic === 'string' ? filled(topic.replace(/^eq /, ''), client) : undefined;
    return filter !== undefined && isTopicFilter(filter) ? [{ filter: topicFilter(filter), allowed }] : [];
  });
  return (topic) => rules.find(({ filter }) => matches(filter, topic))?.allowed ?? false;
};
