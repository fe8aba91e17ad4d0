import * as E from 'fp-ts/lib/Either.js';
import type { DecodeRules } from '../rules/message/decode.js';
import { byteLength, type Payload, payloadOf } from '../rules/message/payload.js';
import type { Publish } from '../rules/message/publish.js';
import { matches, type TopicFilter } from '../rules/message/topic-filter.js';
import type { Step } from './step.js';

/** A question: the publish to explain, and how the argument was read. */
export interface Asked {
  readonly publish: Publish;
  readonly takenAs: string;
}

/** Stands for a wildcard's topic level. */
const anyLevel = 'command';

/**
 * Makes the publish for `what`, a topic or a full name. It is a topic if it contains a slash or matches a subscription. A
 * full name is sent as the platform sends it, in an envelope; if names are taken from topics only, or the payload is not
 * UTF-8, as a level of the topic. Left: not a valid topic.
 */
export const asked = (
  what: string,
  payloadBytes: Uint8Array,
  { nameFrom, filters }: DecodeRules,
  now: number,
): E.Either<string, Asked> => {
  const payload = payloadOf(payloadBytes);
  const publishOn = (topic: string, carried: Payload): Publish => ({
    seq: 1,
    topic,
    payload: carried,
    qos: 1,
    retain: false,
    dup: false,
    receivedAt: now,
  });
  if (what.includes('/') || filters.some((filter) => matches(filter, what))) {
    return isTopic(what)
      ? E.right({ publish: publishOn(what, payload), takenAs: 'a topic' })
      : E.left('a topic must not be empty or contain + or #');
  }
  if (nameFrom !== 'topic' && 'text' in payload) {
    const body = payload.text === '' ? {} : { body: payload.text };
    const envelope = { text: JSON.stringify({ function: what, ...body }) };
    const publish = publishOn(topicUnder(filters[0], anyLevel), envelope);
    return E.right({ publish, takenAs: `a full name, sent in an envelope to ${publish.topic}` });
  }
  // An empty payload would not be a command.
  const isEmpty = byteLength(payload) === 0;
  const publish = publishOn(topicUnder(filters[0], what), isEmpty ? { text: '{}' } : payload);
  const takenAs = `a full name, sent as a level of the topic ${publish.topic}`;
  return E.right({ publish, takenAs: isEmpty ? `${takenAs} with the payload {}` : takenAs });
};

/** Whether the broker would deliver the publish to this unit at all. Comes before all steps of {@link explain}. */
export const receive = ({ topic }: Publish, filters: readonly TopicFilter[]): Step => {
  const filter = filters.find((each) => matches(each, topic));
  const subscribed = filters.map((each) => each.filter).join(', ');
  return {
    step: 'decode',
    verdict: filter === undefined ? 'ends' : 'passes',
    text:
      filter === undefined
        ? `no subscription matches ${topic}: ${subscribed}`
        : `the subscription ${filter.filter} matches ${topic}`,
    rule: 'a unit receives what its token lets it subscribe to, or s2u/<username>/# (docs/domain.md#broker)',
    decidedBy: 'mq/mq.json',
  };
};

/** [MQTT-3.3.2-2, MQTT-4.7.3-1, MQTT-4.7.3-2] */
const isTopic = (topic: string): boolean => topic !== '' && !/[+#\0]/.test(topic);

/** A topic that the filter matches, with `level` in place of its first wildcard. */
const topicUnder = (filter: TopicFilter | undefined, level: string): string => {
  const levels = filter?.levels ?? [];
  const first = levels.findIndex(isWildcard);
  return levels.map((each, at) => (isWildcard(each) ? (at === first ? level : anyLevel) : each)).join('/');
};

const isWildcard = (level: string): boolean => level === '+' || level === '#';
