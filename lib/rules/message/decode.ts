import * as E from 'fp-ts/lib/Either.js';
import type { Rejection } from '../rejection.js';
import { type Envelope, envelopeOf } from './envelope.js';
import { type Name, splitName } from './name.js';
import { byteLength, isEmptyPayload, isLonger, type Payload } from './payload.js';
import type { Publish } from './publish.js';
import { matches, nameLevel, type TopicFilter } from './topic-filter.js';

/** Where a message's name is looked for (docs/domain.md#message). */
export type NameFrom = 'auto' | 'payload' | 'topic';

/** A publish that was understood. */
export interface Message extends Name {
  /** The full name: `<integration>-<message>`. */
  readonly name: string;
  readonly body: Payload;
  readonly publish: Publish;
  /**
   * For how long from receipt it may be delivered, ms: the shorter of MQTT's expiry and the envelope's timeout; Infinity
   * where neither is given.
   */
  readonly lifetimeMs: number;
}

/** What {@link decode} needs to know. */
export interface DecodeRules {
  readonly nameFrom: NameFrom;
  /** What is subscribed to: the name in a topic is the level after the filter's fixed part. */
  readonly filters: readonly TopicFilter[];
  /** The filters are a guess from topics that were seen: one that matches none of them is no reason to reject it. */
  readonly filtersAreGuessed?: boolean;
}

/**
 * Makes a message of a publish (docs/domain.md#message, #names). The name is the envelope's `function`, or, where
 * the payload is no envelope, the topic's level behind the subscribed prefix. Left is `unsubscribed` when the topic is not the
 * unit's own, `undecodable` when neither gives a name, the payload is empty or the envelope is broken, `malformed-name` when
 * the name does not split, `too-large` when the payload is, or is not all here. Never throws, whatever the bytes.
 */
export const decode =
  (rules: DecodeRules) =>
  (publish: Publish): E.Either<Rejection, Message> => {
    if (isForeign(rules, publish)) return E.left(foreign);
    const large = payloadTooLarge(publish);
    if (large !== undefined) return E.left(large);
    const envelope = envelopeIn(rules, publish);
    if (E.isLeft(envelope)) return E.left({ reason: 'undecodable', detail: envelope.left });
    const { name, body, timeoutMs } = envelope.right;
    const split = splitName(name);
    if (E.isLeft(split)) {
      return E.left({ reason: 'malformed-name', detail: `"${name.slice(0, 200)}": ${split.left}` });
    }
    const { integration, message } = split.right;
    const lifetimeMs = Math.min(timeoutMs, publish.expiresInMs ?? Number.POSITIVE_INFINITY);
    return E.right({ name, integration, message, body, publish, lifetimeMs });
  };

/** Whether no topic filter in use matches its topic: the session at the broker has subscriptions of another program or login. */
export const isForeign = ({ filters, filtersAreGuessed = false }: DecodeRules, { topic }: Publish): boolean =>
  !filtersAreGuessed && !filters.some((filter) => matches(filter, topic));

/** Why a foreign publish is rejected. */
export const foreign: Rejection = {
  reason: 'unsubscribed',
  detail: 'its topic matches no topic filter of the login',
};

/**
 * Larger payloads are not read, bytes: to parse 1 MB of JSON can take 80 MB and half a second. No envelope needs as much: a
 * notification has 32,768 bytes (docs/domain.md#notifications), and JSON six for each of them at the most.
 */
const maxPayloadBytes = 262_144;

/** Why the size of a publish's payload alone keeps it from being delivered; undefined where it does not. */
export const payloadTooLarge = ({ payload, oversized }: Publish): Rejection | undefined => {
  if (oversized !== undefined) {
    const { bytes, sha256 } = oversized;
    const detail = `its packet was too large to be kept whole: its payload has ${bytes} bytes; sha256 ${sha256}`;
    return { reason: 'too-large', detail };
  }
  if (!isLonger(payload, maxPayloadBytes)) return undefined;
  const detail = `its payload has ${byteLength(payload)} bytes, more than ${maxPayloadBytes}`;
  return { reason: 'too-large', detail };
};

/**
 * The name, the body and the timeout of a publish, before the name is split. Where the topic gave the name, the body is
 * the payload itself. Left says why nothing gave a name, or what is wrong with the envelope.
 */
export const envelopeIn = (
  { nameFrom, filters }: DecodeRules,
  { topic, payload }: Publish,
): E.Either<string, Envelope> => {
  if (isEmptyPayload(payload))
    return E.left('the payload is empty, as where a retained message is cleared: that is no command');
  if ('text' in payload && nameFrom !== 'topic') {
    const found = envelopeOf(payload.text);
    if (E.isLeft(found)) return found;
    if (found.right !== undefined) return E.right(found.right);
  }
  if (nameFrom === 'payload') return E.left('the payload is not a JSON object with a string "function"');
  const name = nameLevel(filters, topic);
  return name === undefined
    ? E.left(
        `${nameFrom === 'topic' ? '' : 'the payload is no envelope, and '}the topic has no level with a name`,
      )
    : E.right({ name, body: payload, timeoutMs: Number.POSITIVE_INFINITY });
};
