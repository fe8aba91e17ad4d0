import { isTopicFilter } from '../rules/message/topic-filter.js';
import { type Client, filled, rulesOf } from './acl-rules.js';

/** A token with more filters is a mistake; all of them go into one SUBSCRIBE. */
const maxFilters = 100;

/**
 * The topic filters that an `acl` claim allows the client. The claim is an object with `sub` and `all`, or a list of
 * rules, of which the first for a filter counts (EMQX, "Access Control List": both formats, the placeholders
 * `${username}` and `${clientid}`, `%u` and `%c` of EMQX 4, and `eq ` before a literal filter). What can't be read is
 * left out, with a remark; if nothing is left, the result is `s2u/<username>/#` (docs/domain.md#broker). Of a shared
 * subscription only the filter after the group is used: the group is a setting, as a unit's commands are for it alone. The filters are
 * valid, distinct, and 100 at most.
 */
export const filtersOf = (
  acl: unknown,
  client: Client,
): { readonly filters: readonly string[]; readonly remarks: readonly string[] } => {
  const remarks = new Set<string>();
  const allowed = new Map<string, boolean>();
  for (const rule of rulesOf(acl, 'sub', remarks)) {
    const filter = typeof rule.topic === 'string' ? filterOf(rule.topic, client, remarks) : undefined;
    if (filter === undefined) remarks.add('the token has invalid topic filters: ignored');
    else if (!allowed.has(filter)) allowed.set(filter, rule.allowed);
  }
  const found = [...allowed].filter(([, isAllowed]) => isAllowed).map(([filter]) => filter);
  if (found.length > maxFilters)
    remarks.add(`the token has more than ${maxFilters} topic filters: using only the first ${maxFilters}`);
  const byDefault = `s2u/${client.username}/#`;
  if (found.length === 0 && acl !== undefined && acl !== null)
    remarks.add(`the token's acl allows no topic filter: subscribing to ${byDefault}`);
  return { filters: found.length === 0 ? [byDefault] : found.slice(0, maxFilters), remarks: [...remarks] };
};

/** The topic filter of a rule; undefined if it is invalid. */
const filterOf = (topic: string, client: Client, remarks: Set<string>): string | undefined => {
  const filter = unshared(filled(topic.replace(/^eq /, ''), client), remarks);
  return filter !== undefined && isTopicFilter(filter) ? filter : undefined;
};

/**
 * The filter after `$share/<group>/` (MQTT 5, 4.8.2), or after EMQX's `$queue/` and `$exclusive/`; undefined if there is
 * none.
 */
const unshared = (topic: string | undefined, remarks: Set<string>): string | undefined => {
  if (topic === undefined || !/^\$(share|queue|exclusive)(\/|$)/.test(topic)) return topic;
  const filter = topic.replace(/^(\$share\/[^/]*|\$queue|\$exclusive)\//, '');
  if (filter.startsWith('$')) return undefined;
  remarks.add('the token has shared or exclusive subscriptions: using only their topic filters');
  return filter;
};
