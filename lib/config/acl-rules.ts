import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';

/** The client that connects with the token: its names replace placeholders. */
export interface Client {
  readonly username: string;
  readonly clientId: string;
}

/** What a rule is about; also the key of its list in an `acl` that is an object. */
export type Action = 'sub' | 'pub';

/** A rule's topic filter, and whether the action is allowed on it. */
export interface Rule {
  readonly topic: unknown;
  readonly allowed: boolean;
}

/** Values of `action` in a list of rules (EMQX). */
const actions: Readonly<Record<Action, readonly string[]>> = {
  sub: ['subscribe', 'sub', 'all', 'pubsub'],
  pub: ['publish', 'pub', 'all', 'pubsub'],
};

const RuleJson = t.intersection([
  t.type({ permission: t.string, action: t.string }),
  t.partial({ topic: t.unknown, topics: t.unknown, qos: t.unknown }),
]);

/** The rules of a claim for one action, in order; what can't be read is left out, with a remark. */
export const rulesOf = (acl: unknown, action: Action, remarks: Set<string>): readonly Rule[] => {
  if (acl === undefined || acl === null) return [];
  if (Array.isArray(acl)) return acl.flatMap((each) => listed(each, action, remarks));
  const lists = t.partial({ sub: t.unknown, pub: t.unknown, all: t.unknown }).decode(acl);
  // io-ts takes a string or a number for a partial object.
  if (E.isLeft(lists) || typeof acl !== 'object') {
    remarks.add("the token's acl is neither an object nor a list of rules: ignored");
    return [];
  }
  return [...entries(lists.right[action]), ...entries(lists.right.all)].map((topic) => ({
    topic,
    allowed: true,
  }));
};

const listed = (json: unknown, wanted: Action, remarks: Set<string>): readonly Rule[] => {
  const rule = RuleJson.decode(json);
  const permission = E.isLeft(rule) ? '' : rule.right.permission.toLowerCase();
  if (E.isLeft(rule) || !['allow', 'deny'].includes(permission)) {
    remarks.add('the token has rules that neither allow nor deny: ignored');
    return [];
  }
  const { action, topic, topics, qos } = rule.right;
  if (!actions[wanted].includes(action.toLowerCase())) return [];
  const allowed = permission === 'allow';
  // We subscribe and publish at QoS 1, so a rule that denies only other QoS does not apply.
  if (!allowed && qos !== undefined && !entries(qos).some((each) => Number(each) === 1)) return [];
  return [...entries(topic), ...entries(topics)].map((each) => ({ topic: each, allowed }));
};

/** The entries of a list; a single value counts as a list of one. */
const entries = (json: unknown): readonly unknown[] => {
  if (json === undefined || json === null) return [];
  return Array.isArray(json) ? json : [json];
};

/**
 * Fills in placeholders, in one pass: a name that looks like a placeholder is not filled in again. Undefined if a
 * placeholder is unknown, or its name contains a wildcard or a level separator.
 */
export const filled = (topic: string, { username, clientId }: Client): string | undefined => {
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
