import { isTopicFilter } from '../lib/rules/message/topic-filter.js';

/**
 * Whether a PUBLISH to `topic` goes to a subscription of `filter` (MQTT 3.1.1, 4.7). An invalid filter, and a topic
 * with a wildcard in it, match nothing.
 */
export function matches(filter: string, topic: string): boolean {
  return !/[+#]/.test(topic) && covers(filter, topic);
}

/**
 * Whether `allowed` matches every topic that `requested` matches, as a broker checks before it grants a SUBSCRIBE.
 * Wildcards in the first level don't match names that start with `$` [MQTT-4.7.2-1]. False if one of them is not a
 * valid topic filter.
 */
export function covers(allowed: string, requested: string): boolean {
  if (!isTopicFilter(allowed) || !isTopicFilter(requested)) return false;
  if (requested.startsWith('$') && /^[+#]/.test(allowed)) return false;
  // Every topic has a first level, so `#` means the same as `+/#`.
  return coversLevels(allowed.split('/'), (requested === '#' ? '+/#' : requested).split('/'));
}

/** From the first level to the last. `#` also matches the level above it: `a/#` matches `a` (4.7.1.2). */
function coversLevels([allowed, ...below]: string[], [requested, ...beneath]: string[]): boolean {
  if (allowed === '#') return true;
  if (allowed === undefined || requested === undefined) return allowed === requested;
  if (requested === '#') return false;
  return (allowed === '+' || allowed === requested) && coversLevels(below, beneath);
}
