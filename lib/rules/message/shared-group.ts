/** Longer names are a mistake; with the longest filter of a token, the whole stays within 65,535 bytes. */
const maxLength = 128;

/**
 * Whether `name` can be the group of a shared subscription, MQTT's ShareName: 1 to 128 characters without `/`, `+` and
 * `#` (MQTT 5, 4.8.2) [MQTT-4.8.2-1, MQTT-4.8.2-2], and without those that a broker may refuse in a string: controls,
 * lone surrogates and non-characters (MQTT 5, 1.5.4).
 */
export const isSharedGroup = (name: string): boolean =>
  name.length > 0 && name.length <= maxLength && !/[/+#\p{Cc}\p{Cs}\p{Noncharacter_Code_Point}]/u.test(name);

/**
 * The filter as it is sent to the broker: `$share/<group>/<filter>`, or the filter itself if the group is empty. Topics
 * are matched against the filter without the group.
 */
export const sharedFilter = (group: string, filter: string): string =>
  group === '' ? filter : `$share/${group}/${filter}`;
