import * as E from 'fp-ts/lib/Either.js';
import type { DecodeRules } from '../rules/message/decode.js';
import { byteLength, type Payload, payloadOf } from '../rules/message/payload.js';
import type { Publish } from '../rules/message/publish.js';
import { matches, type TopicFilter } from '../rules/message/topic-filter.js';
import type { Step } from './step.js';

/** A message that was asked about: the publish it would be, and how it was taken. */
export interface Asked {
  readonly publish: Publish;
  readonly takenAs: string;
}

/** The level where any would do. */
const anyLevel = 'command';

/**
 * The publish that somebody asks about, by its topic or by its full name. What has a slash, or is subscribed to, is a
 * topic. A full name is sent as the platform sends it, in an envelope; where the name is looked for in topics alone, or
 * the payload is no text, as the topic's level. Left: it can't be a topic of MQTT.
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
      : E.left('a topic is not empty, and has no + and no #');
  }
  if (nameFrom !== 'topic' && 'text' in payload) {
    const body = payload.text === '' ? {} : { body: payload.text };
    const envelope = { text: JSON.stringify({ function: what, ...body }) };
    const publish = publishOn(topicUnder(filters[0], anyLevel), envelope);
    return E.right({ publish, takenAs: `a full name, sent in an envelope to ${publish.topic}` });
  }
  // Without a payload it would be no command at all.
  const isEmpty = byteLength(payload) === 0;
  const publish = publishOn(topicUnder(filters[0], what), isEmpty ? { text: '{}' } : payload);
  const takenAs = `a full name, sent as a level of the topic ${publish.topic}`;
  return E.right({ publish, takenAs: isEmpty ? `${takenAs} with the payload {}` : takenAs });
};

/** Whether the broker would deliver it to this unit at all: asked before all else. */
export const receive = ({ topic }: Publish, filters: readonly TopicFilter[]): Step => {
  const filter = filters.find((each) => matches(each, topic));
  const subscribed = filters.map((each) => each.filter).join(', ');
  return {
    step: 'decode',
    verdict: filter === undefined ? 'ends' : 'passes',
    text:
      filter === undefined
        ? `nothing that is subscribed matches ${topic}: ${subscribed}`
        : `${filter.filter} is subscribed, and matches ${topic}`,
    rule: 'a unit receives what its token lets it subscribe to, or s2u/<username>/# (docs/domain.md#broker)',
    decidedBy: 'mq/mq.json',
  };
};

/** [MQTT-3.3.2-2, MQTT-4.7.3-1, MQTT-4.7.3-2] */
const isTopic = (topic: string): boolean => topic !== '' && !/[+#\0]/.test(topic);

/** A topic that the filter matches, with this level where its first wildcard is. */
const topicUnder = (filter: TopicFilter | undefined, level: string): string => {
  const levels = filter?.levels ?? [];
  const first = levels.findIndex(isWildcard);
  return levels.map((each, at) => (isWildcard(each) ? (at === first ? level : anyLevel) : each)).join('/');
};

const isWildcard = (level: string): boolean => level === '+' || level === '#';
