import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { isTopicFilter } from '../rules/message/topic-filter.js';

/** Who connects with the token: they stand in for placeholders. */
export interface Client {
  readonly username: string;
  readonly clientId: string;
}

/** More are a mistake, and would be one SUBSCRIBE. */
const maxFilters = 100;

/** A rule's topic filter, and whether it may be subscribed to. */
interface Rule {
  readonly topic: unknown;
  readonly allowed: boolean;
}

/**
 * What an `acl` claim lets the client subscribe to: an object with `sub` and `all`, or a list of rules, of which the
 * first for a filter counts (EMQX, "Access Control List": both formats, the placeholders `${username}` and
 * `${clientid}`, `%u` and `%c` of EMQX 4, and `eq ` before a literal filter). What can't be read is left out and is a
 * remark; where nothing is left it is `s2u/<username>/#` (docs/domain.md#broker). A shared subscription is not
 * shared: its filter is what is behind the group, as the commands of a unit are for this unit alone. Each filter is
 * valid and there once, 100 at most.
 */
export const filtersOf = (
  acl: unknown,
  client: Client,
): { readonly filters: readonly string[]; readonly remarks: readonly string[] } => {
  const remarks = new Set<string>();
  const allowed = new Map<string, boolean>();
  for (const rule of rulesOf(acl, remarks)) {
    const filter = typeof rule.topic === 'string' ? filterOf(rule.topic, client, remarks) : undefined;
    if (filter === undefined) remarks.add('the token has entries that are no topic filter: left out');
    else if (!allowed.has(filter)) allowed.set(filter, rule.allowed);
  }
  const found = [...allowed].filter(([, isAllowed]) => isAllowed).map(([filter]) => filter);
  if (found.length > maxFilters)
    remarks.add(`the token has over ${maxFilters} topic filters: only the first are used`);
  const byDefault = `s2u/${client.username}/#`;
  if (found.length === 0 && acl !== undefined && acl !== null)
    remarks.add("the token's acl allows no topic filter: the unit's own is subscribed to");
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
  // A text or a number has no fields.
  if (E.isLeft(lists) || typeof acl !== 'object') {
    remarks.add("the token's acl is neither an object nor a list of rules: it counts as not given");
    return [];
  }
  const { sub, all } = lists.right;
  return [...entries(sub), ...entries(all)].map((topic) => ({ topic, allowed: true }));
};

const listed = (json: unknown, remarks: Set<string>): readonly Rule[] => {
  const rule = RuleJson.decode(json);
  const permission = E.isLeft(rule) ? '' : rule.right.permission.toLowerCase();
  if (E.isLeft(rule) || !['allow', 'deny'].includes(permission)) {
    remarks.add('the token has rules that are neither to allow nor to deny: left out');
    return [];
  }
  const { action, topic, topics, qos } = rule.right;
  if (!['subscribe', 'sub', 'all', 'pubsub'].includes(action.toLowerCase())) return [];
  const allowed = permission === 'allow';
  // Subscribed is at QoS 1: what is denied to others is not denied to that.
  if (!allowed && qos !== undefined && !entries(qos).some((each) => Number(each) === 1)) return [];
  return [...entries(topic), ...entries(topics)].map((each) => ({ topic: each, allowed }));
};

/** A list where one is expected, also where there is one entry without a list. */
const entries = (json: unknown): readonly unknown[] => {
  if (json === undefined || json === null) return [];
  return Array.isArray(json) ? json : [json];
};

/** The valid filter of a rule's topic; undefined where it is none. */
const filterOf = (topic: string, client: Client, remarks: Set<string>): string | undefined => {
  const filter = unshared(filled(topic.replace(/^eq /, ''), client), remarks);
  return filter !== undefined && isTopicFilter(filter) ? filter : undefined;
};

/**
 * With the placeholders filled in, in one pass: a name that looks like one stays as it is. Undefined where one is not
 * known, or its name would be a wildcard or several levels.
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
 * The filter behind `$share/<group>/` (MQTT 5, 4.8.2), and EMQX's `$queue/` and `$exclusive/`; undefined where there is
 * none.
 */
const unshared = (topic: string | undefined, remarks: Set<string>): string | undefined => {
  if (topic === undefined || !/^\$(share|queue|exclusive)(\/|$)/.test(topic)) return topic;
  const filter = topic.replace(/^(\$share\/[^/]*|\$queue|\$exclusive)\//, '');
  if (filter.startsWith('$')) return undefined;
  remarks.add('the token has shared or exclusive subscriptions: subscribed to as ordinary ones');
  return filter;
};
