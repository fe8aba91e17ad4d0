import type { Publish } from '../../rules/message/publish.js';
import { maxTopicBytes } from '../../rules/message/topic-name.js';
import type { WireProperties } from '../packets/properties.js';

/** Longest correlation data that is kept with a message, bytes. */
const maxCorrelationBytes = 512;

/**
 * Where the sender of a publish wants its answer (MQTT 5, 3.3.2.3.5 and 3.3.2.3.6): undefined if it asks for none, null if topic or
 * correlation data are too long to be kept with the message.
 */
export const replyOf = (properties: WireProperties | undefined): Publish['reply'] => {
  const { responseTopic: topic, correlationData } = properties ?? {};
  if (topic === undefined) return undefined;
  if (topic.length > maxTopicBytes || (correlationData?.length ?? 0) > maxCorrelationBytes) return null;
  return correlationData === undefined
    ? { topic }
    : { topic, correlation: correlationData.toString('base64') };
};
