import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import * as t from 'io-ts';
import { payloadOf } from '../rules/message/payload.js';
import type { Publish, QoS } from '../rules/message/publish.js';
import { matches, topicFilter } from '../rules/message/topic-filter.js';
import { decodeJsonWith } from '../util/codec.js';
import { parseDuration } from '../util/duration.js';
import { jsonOf } from '../util/json-of.js';
import { nearest } from '../util/nearest.js';

/** A publish as sent, without the fields that are added on receipt. */
export type Sent = Omit<Publish, 'seq' | 'receivedAt'>;

const words = ['topic', 'qos', 'retain', 'dup', 'expires', 'text', 'base64'] as const;

/**
 * Parses a publish of a rule test: first its properties, `topic T`, `qos 0`, `retain`, `dup`, `expires 5s`; then the payload,
 * up to the end of the line: a full name, which stands for the server's envelope with it, optionally followed by further
 * fields as JSON; a literal payload that begins with `{`; `text` or `base64` and a payload; or nothing. Left: what is wrong.
 * The topic must match one of `filters`, as the broker delivers no other.
 */
export const parsePublish = (text: string, filters: readonly string[]): E.Either<string, Sent> => {
  let sent: Sent = { topic: usualTopic(filters), payload: { text: '' }, qos: 1, retain: false, dup: false };
  let rest = text;
  const next = (): string => {
    const [all, word = ''] = /^\s*(\S*)\s?/.exec(rest) ?? [''];
    rest = rest.slice(all.length);
    return word;
  };
  for (;;) {
    rest = rest.trimStart();
    if (rest === '' || rest.startsWith('{')) return E.right({ ...sent, payload: { text: rest } });
    const word = next();
    switch (word) {
      case 'topic': {
        const topic = next();
        if (!filters.some((filter) => matches(topicFilter(filter), topic))) {
          return E.left(
            `the broker does not deliver the topic "${topic}": it matches none of ${filters.join(' ')}`,
          );
        }
        sent = { ...sent, topic };
        break;
      }
      case 'qos': {
        const qos = qosOf(next());
        if (qos === undefined) return E.left('qos must be 0 or 1, as cvmqtt subscribes with 1');
        sent = { ...sent, qos };
        break;
      }
      case 'retain':
        sent = { ...sent, retain: true };
        break;
      case 'dup':
        sent = { ...sent, dup: true };
        break;
      case 'expires': {
        const expiresInMs = parseDuration(next());
        if (E.isLeft(expiresInMs)) return expiresInMs;
        sent = { ...sent, expiresInMs: expiresInMs.right };
        break;
      }
      case 'text':
        return E.right({ ...sent, payload: { text: rest } });
      case 'base64':
        return pipe(
          bytesOf(rest),
          E.map((bytes) => ({ ...sent, payload: payloadOf(bytes) })),
        );
      default:
        return pipe(
          envelope(word, rest),
          E.map((payload) => ({ ...sent, payload: { text: payload } })),
        );
    }
  }
};

/** The topic of the server's envelopes: one that the first filter matches. */
export const usualTopic = ([first = '']: readonly string[]): string =>
  first.replace(/(^|\/)[+#](?=\/|$)/g, '$1command');

const qosOf = (text: string): QoS | undefined => (text === '0' ? 0 : text === '1' ? 1 : undefined);

const bytesOf = (base64: string): E.Either<string, Uint8Array> =>
  /^[A-Za-z0-9+/]*={0,2}$/.test(base64) && base64.length % 4 === 0
    ? E.right(Buffer.from(base64, 'base64'))
    : E.left('what follows base64 is not base64');

/** The server's envelope for a name, with further fields given as JSON. */
const envelope = (name: string, fields: string): E.Either<string, string> => {
  if (fields === '') return E.right(JSON.stringify({ function: name }));
  if (!fields.startsWith('{')) return E.left(notOneName(name));
  return pipe(
    decodeJsonWith(t.record(t.string, t.unknown, 'an object'))(fields),
    E.chain((json) => jsonOf({ function: name, ...json })),
    E.mapLeft((detail) => `what follows the name ${detail}`),
  );
};

const notOneName = (word: string): string => {
  const known = nearest(word, words);
  const hint = known === undefined ? 'write "text" before a payload with spaces' : `did you mean ${known}?`;
  return `"${word.slice(0, 40)}" is neither a single name nor a keyword (${hint})`;
};
