import * as E from 'fp-ts/lib/Either.js';
import type { Rejection } from '../rejection.js';
import { type Envelope, envelopeOf } from './envelope.js';
import { type Name, splitName } from './name.js';
import { byteLength, isEmptyPayload, isLonger, type Payload } from './payload.js';
import type { Publish } from './publish.js';
import { matches, nameLevel, type TopicFilter } from './topic-filter.js';

/** Where a message's name comes from (docs/domain.md#message). */
export type NameFrom = 'auto' | 'payload' | 'topic';

/** A decoded publish. */
export interface Message extends Name {
  /** The full name: `<integration>-<message>`. */
  readonly name: string;
  readonly body: Payload;
  readonly publish: Publish;
  /**
   * Lifetime from receipt, ms: the shorter of MQTT's expiry and the envelope's timeout; Infinity if neither is given.
   */
  readonly lifetimeMs: number;
}

/** Rules for {@link decode}. */
export interface DecodeRules {
  readonly nameFrom: NameFrom;
  /** Topic filters of the session: the name in a topic is the level after the filter's fixed part. */
  readonly filters: readonly TopicFilter[];
  /** The filters are guessed from seen topics: a topic that matches none is not rejected. */
  readonly filtersAreGuessed?: boolean;
}

/**
 * Decodes a publish (docs/domain.md#message, #names). The name is the envelope's `function` or, if the payload is no
 * envelope, the topic level after the subscribed prefix. Left is `unsubscribed` if the topic matches no filter,
 * `undecodable` if neither gives a name, the payload is empty or the envelope is broken, `malformed-name` if the name
 * does not split, `too-large` if the payload is, or is incomplete. Never throws, whatever the bytes.
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

/** True if no topic filter in use matches: the session has subscriptions of another program or login. */
export const isForeign = ({ filters, filtersAreGuessed = false }: DecodeRules, { topic }: Publish): boolean =>
  !filtersAreGuessed && !filters.some((filter) => matches(filter, topic));

/** Why a foreign publish is rejected. */
export const foreign: Rejection = {
  reason: 'unsubscribed',
  detail: 'its topic matches no topic filter of the login',
};

/**
 * Larger payloads are not parsed, bytes: parsing 1 MB of JSON can take 80 MB and half a second. No valid envelope is
 * larger: a notification has at most 32,768 bytes (docs/domain.md#notifications), and JSON escapes take at most six
 * bytes each.
 */
const maxPayloadBytes = 262_144;

/** Rejects a publish by the size of its payload alone; undefined if it fits. */
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
 * Name, body and timeout of a publish, before the name is split. If the name is from the topic, the body is the payload
 * itself. Left says why there is no name, or what is wrong with the envelope.
 */
export const envelopeIn = (
  { nameFrom, filters }: DecodeRules,
  { topic, payload }: Publish,
): E.Either<string, Envelope> => {
  if (isEmptyPayload(payload))
    return E.left('the payload is empty: that clears a retained message, and is not a command');
  if ('text' in payload && nameFrom !== 'topic') {
    const found = envelopeOf(payload.text);
    if (E.isLeft(found)) return found;
    if (found.right !== undefined) return E.right(found.right);
  }
  if (nameFrom === 'payload') return E.left('the payload is not a JSON object with a string "function"');
  const name = nameLevel(filters, topic);
  return name === undefined
    ? E.left(
        `${nameFrom === 'topic' ? '' : 'the payload is not an envelope, and '}the topic has no level with a name`,
      )
    : E.right({ name, body: payload, timeoutMs: Number.POSITIVE_INFINITY });
};
