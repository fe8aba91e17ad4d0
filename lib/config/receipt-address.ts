import * as E from 'fp-ts/lib/Either.js';
import type { Reply } from '../rules/message/publish.js';
import { type TopicRules, topicProblem } from './own-topic.js';
import type { Settings } from './settings.js';

/** Where receipts go. */
export interface ReceiptRules extends TopicRules {
  readonly receipts: Settings['receipts'];
  /** The topic for senders that gave none; Left: why there is none. */
  readonly receiptTopic: E.Either<string, string>;
  /** The topic of the health, which no sender may write to. */
  readonly healthTopic: string | undefined;
}

/**
 * Where the receipt for a message goes: to the topic that its sender asked for, else, if receipts are for all, to the topic of the
 * settings. Undefined: nowhere. Left: why the sender's topic, or ours, is refused. What a sender asks for is untrusted.
 */
export const receiptAddress = (
  reply: Reply | null | undefined,
  rules: ReceiptRules,
): E.Either<string, Reply | undefined> => {
  if (reply === null) return E.left('its response topic or correlation data is longer than 512 bytes');
  if (reply !== undefined) {
    const isHealth = reply.topic === rules.healthTopic;
    const problem = isHealth ? 'is the health topic' : topicProblem(reply.topic, rules);
    return problem === undefined ? E.right(reply) : E.left(`its response topic ${problem}`);
  }
  if (rules.receipts !== 'all') return E.right(undefined);
  return E.isLeft(rules.receiptTopic) ? rules.receiptTopic : E.right({ topic: rules.receiptTopic.right });
};
