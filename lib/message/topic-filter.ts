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

/** A topic filter, taken apart once, as it is asked for each message. */
export interface TopicFilter {
  readonly filter: string;
  readonly levels: readonly string[];
}

/** Takes a valid filter apart. */
export const topicFilter = (filter: string): TopicFilter => ({ filter, levels: filter.split('/') });

/** Whether a publish on `topic` matches; wildcards at the start do not match `$…` topics (MQTT 5, 4.7.1 and 4.7.2). */
export const matches = ({ levels }: TopicFilter, topic: string): boolean => {
  const given = topic.split('/');
  if (topic.startsWith('$') && (levels[0] === '#' || levels[0] === '+')) return false;
  for (const [at, level] of levels.entries()) {
    if (level === '#') return true;
    const asked = given[at];
    if (asked === undefined || (level !== '+' && level !== asked)) return false;
  }
  return given.length === levels.length;
};

/**
 * The level of `topic` right after what the first matching filter fixes: `int1-open` for `s2u/cv12345/int1-open/x` under
 * `s2u/cv12345/#` (domain.md, "The message"). Undefined where no filter matches or the topic ends before that level.
 */
export const nameLevel = (filters: readonly TopicFilter[], topic: string): string | undefined => {
  const filter = filters.find((each) => matches(each, topic));
  if (filter === undefined) return undefined;
  const wildcard = filter.levels.findIndex((level) => level === '#' || level === '+');
  return topic.split('/')[wildcard < 0 ? filter.levels.length : wildcard];
};
