import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { isTopicFilter } from '../rules/message/topic-filter.js';

/** The client that connects with the token: its names replace placeholders. */
export interface Client {
  readonly username: string;
  readonly clientId: string;
}

/** A token with more filters is a mistake; all of them go into one SUBSCRIBE. */
const maxFilters = 100;

/** A rule's topic filter, and whether subscribing to it is allowed. */
interface Rule {
  readonly topic: unknown;
  readonly allowed: boolean;
}

/**
 * The topic filters that an `acl` claim allows the client. The claim is an object with `sub` and `all`, or a list of
 * rules, of which the first for a filter counts (EMQX, "Access Control List": both formats, the placeholders
 * `${username}` and `${clientid}`, `%u` and `%c` of EMQX 4, and `eq ` before a literal filter). What can't be read is
 * left out, with a remark; if nothing is left, the result is `s2u/<username>/#` (docs/domain.md#broker). Of a shared
 * subscription only the filter after the group is used, as a unit's commands are for this unit alone. The filters are
 * valid, distinct, and 100 at most.
 */
export const filtersOf = (
  acl: unknown,
  client: Client,
): { readonly filters: readonly string[]; readonly remarks: readonly string[] } => {
  const remarks = new Set<string>();
  const allowed = new Map<string, boolean>();
  for (const rule of rulesOf(acl, remarks)) {
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

const RuleJson = t.intersection([
  t.type({ permission: t.string, action: t.string }),
  t.partial({ topic: t.unknown, topics: t.unknown, qos: t.unknown }),
]);

const rulesOf = (acl: unknown, remarks: Set<string>): readonly Rule[] => {
  if (acl === undefined || acl === null) return [];
  if (Array.isArray(acl)) return acl.flatMap((each) => listed(each, remarks));
  const lists = t.partial({ sub: t.unknown, all: t.unknown }).decode(acl);
  // io-ts takes a string or a number for a partial object.
  if (E.isLeft(lists) || typeof acl !== 'object') {
    remarks.add("the token's acl is neither an object nor a list of rules: ignored");
    return [];
  }
  const { sub, all } = lists.right;
  return [...entries(sub), ...entries(all)].map((topic) => ({ topic, allowed: true }));
};

const listed = (json: unknown, remarks: Set<string>): readonly Rule[] => {
  const rule = RuleJson.decode(json);
  const permission = E.isLeft(rule) ? '' : rule.right.permission.toLowerCase();
  if (E.isLeft(rule) || !['allow', 'deny'].includes(permission)) {
    remarks.add('the token has rules that neither allow nor deny: ignored');
    return [];
  }
  const { action, topic, topics, qos } = rule.right;
  if (!['subscribe', 'sub', 'all', 'pubsub'].includes(action.toLowerCase())) return [];
  const allowed = permission === 'allow';
  // We subscribe at QoS 1, so a rule that denies only other QoS does not apply.
  if (!allowed && qos !== undefined && !entries(qos).some((each) => Number(each) === 1)) return [];
  return [...entries(topic), ...entries(topics)].map((each) => ({ topic: each, allowed }));
};

/** The entries of a list; a single value counts as a list of one. */
const entries = (json: unknown): readonly unknown[] => {
  if (json === undefined || json === null) return [];
  return Array.isArray(json) ? json : [json];
};

/** The topic filter of a rule; undefined if it is invalid. */
const filterOf = (topic: string, client: Client, remarks: Set<string>): string | undefined => {
  const filter = unshared(filled(topic.replace(/^eq /, ''), client), remarks);
  return filter !== undefined && isTopicFilter(filter) ? filter : undefined;
};

/**
 * Fills in placeholders, in one pass: a name that looks like a placeholder is not filled in again. Undefined if a
 * placeholder is unknown, or its name contains a wildcard or a level separator.
 */
const filled = (topic: string, { username, clientId }: Client): string | undefined => {
  const values = new Map([
    [`\${username}`, username],
    [`\${clientid}`, clientId],
    ['%u', username],
    ['%c', clientId],
  ]);
  const placeholder = /\$\{[^}]*\}|(?<=^|\/)%[uc](?=\/|$)/g;
  const names = topic.match(placeholder) ?? [];
  if (names.some((each) => /[+#/]/.test(values.get(each) ?? '/'))) return undefined;
  return topic.replace(placeholder, (each) => values.get(each) ?? each);
};

/**
 * The filter after `$share/<group>/` (MQTT 5, 4.8.2), or after EMQX's `$queue/` and `$exclusive/`; undefined if there is
 * none.
 */
const unshared = (topic: string | undefined, remarks: Set<string>): string | undefined => {
  if (topic === undefined || !/^\$(share|queue|exclusive)(\/|$)/.test(topic)) return topic;
  const filter = topic.replace(/^(\$share\/[^/]*|\$queue|\$exclusive)\//, '');
  if (filter.startsWith('$')) return undefined;
  remarks.add('the token has shared or exclusive subscriptions: using them as ordinary ones');
  return filter;
};
