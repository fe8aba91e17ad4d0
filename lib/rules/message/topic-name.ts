/** Longest topic that cvmqtt publishes to, bytes: some brokers take no longer ones, and it is kept with each message. */
export const maxTopicBytes = 512;

/**
 * Whether `topic` can be published to: not empty, at most {@link maxTopicBytes}, no wildcard, no control character, no half of a
 * surrogate pair [MQTT-1.5.4-1, MQTT-3.3.2-2, MQTT-4.7.3-1, MQTT-4.7.3-2].
 */
export const isTopicName = (topic: string): boolean =>
  topic !== '' &&
  topic.length <= maxTopicBytes &&
  Buffer.byteLength(topic) <= maxTopicBytes &&
  !/[+#\p{Cc}\p{Cs}\uFFFD]/u.test(topic);
