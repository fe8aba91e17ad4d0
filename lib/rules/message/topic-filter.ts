/**
 * Whether `filter` is one that MQTT allows: not empty, within 65,535 bytes, `#` only as the last level, wildcards only as
 * whole levels, no NUL [MQTT-4.7.1-1, MQTT-4.7.1-2, MQTT-4.7.3-1, MQTT-4.7.3-2, MQTT-4.7.3-3].
 */
export const isTopicFilter = (filter: string): boolean => {
  if (filter.length === 0 || Buffer.byteLength(filter) > 65_535 || filter.includes('\0')) return false;
  const levels = filter.split('/');
  return levels.every(
    (level, at) =>
      level === '+' ||
      (level === '#' && at === levels.length - 1) ||
      (!level.includes('+') && !level.includes('#')),
  );
};

/** A parsed topic filter. */
export interface TopicFilter {
  readonly filter: string;
  readonly levels: readonly string[];
  /** Common prefix of matching topics, if the filter is a prefix and `#`. */
  readonly prefix?: string;
}

/** Parses a valid filter. */
export const topicFilter = (filter: string): TopicFilter => {
  const levels = filter.split('/');
  const isPrefix = filter.endsWith('/#') && !levels.includes('+');
  return isPrefix ? { filter, levels, prefix: filter.slice(0, -1) } : { filter, levels };
};

/** Whether a publish on `topic` matches; wildcards at the start do not match `$…` topics (MQTT 5, 4.7.1 and 4.7.2). */
export const matches = ({ levels, prefix }: TopicFilter, topic: string): boolean => {
  if (prefix !== undefined && topic.startsWith(prefix)) return true;
  const given = topic.split('/');
  if (isHidden(levels[0], given[0])) return false;
  for (const [at, level] of levels.entries()) {
    if (level === '#') return true;
    const asked = given[at];
    if (asked === undefined || (level !== '+' && level !== asked)) return false;
  }
  return given.length === levels.length;
};

/** True if `outer` matches every topic that `inner` matches. */
export const covers = (outer: TopicFilter, inner: TopicFilter): boolean => {
  if (isHidden(outer.levels[0], inner.levels[0])) return false;
  for (const [at, level] of outer.levels.entries()) {
    if (level === '#') return true;
    const other = inner.levels[at];
    if (other === undefined || other === '#' || (level !== '+' && level !== other)) return false;
  }
  return inner.levels.length === outer.levels.length;
};

/** True if some topic matches both. */
export const overlap = (one: TopicFilter, other: TopicFilter): boolean => {
  if (isHidden(one.levels[0], other.levels[0]) || isHidden(other.levels[0], one.levels[0])) return false;
  for (let at = 0; ; at += 1) {
    const [a, b] = [one.levels[at], other.levels[at]];
    if (a === '#' || b === '#') return true;
    if (a === undefined || b === undefined) return a === b;
    if (a !== b && a !== '+' && b !== '+') return false;
  }
};

/**
 * Removes filters covered by others: a broker may send one copy of a publish for each matching subscription (MQTT 5,
 * 3.3.4).
 */
export const minimalCover = (filters: readonly string[]): readonly string[] => {
  const all = [...new Set(filters)].map(topicFilter);
  return all
    .filter((inner) => !all.some((outer) => outer !== inner && covers(outer, inner)))
    .map(({ filter }) => filter);
};

/** A wildcard at the start of a filter matches no topic that begins with `$` [MQTT-4.7.2-1]. */
const isHidden = (wildcard = '', level = ''): boolean =>
  level.startsWith('$') && (wildcard === '#' || wildcard === '+');

/**
 * The level of `topic` after the fixed part of the first matching filter: `int1-open` for `s2u/cv12345/int1-open/x`
 * under `s2u/cv12345/#` (docs/domain.md#message). Undefined if no filter matches or the topic ends before that level.
 */
export const nameLevel = (filters: readonly TopicFilter[], topic: string): string | undefined => {
  const filter = filters.find((each) => matches(each, topic));
  if (filter === undefined) return undefined;
  const wildcard = filter.levels.findIndex((level) => level === '#' || level === '+');
  return topic.split('/')[wildcard < 0 ? filter.levels.length : wildcard];
};
