import { isUtf8 } from 'node:buffer';
import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { explain } from '../codec.js';
import { rawMember } from './raw-member.js';

/** What a message carries: text, or bytes that are not UTF-8. */
export type Body = { readonly text: string } | { readonly bytes: Uint8Array };

/** The server's envelope: the full name, the body, and for how long the server waits for an answer. */
export interface Envelope {
  readonly name: string;
  readonly body: Body;
  readonly timeoutMs?: number;
}

/** A finite number of milliseconds that is not negative. */
const Milliseconds = t.refinement(
  t.number,
  (ms) => Number.isFinite(ms) && ms >= 0,
  'a number of ms, 0 or more',
);

const EnvelopeJson = t.intersection([
  t.type({ function: t.string }),
  t.partial({ body: t.unknown, timeout: t.union([Milliseconds, t.null]) }),
]);

const HasFunction = t.type({ function: t.string });

/** The payload as a body: text where the bytes are UTF-8, else the bytes themselves. */
export const bodyOf = (payload: Uint8Array): Body =>
  isUtf8(payload)
    ? { text: Buffer.from(payload.buffer, payload.byteOffset, payload.length).toString() }
    : { bytes: payload };

/**
 * The envelope in a message's text (domain.md, "The message"): a JSON object with a string `function`. A body that is not
 * a string keeps its JSON text as the sender wrote it; without one the body is empty. Right of undefined: the text is
 * no envelope. Left: it is one, but with a field of the wrong type, which can't be guessed at (a `timeout` that can't be
 * honoured would run a command too late).
 */
export const envelopeOf = (text: string): E.Either<string, Envelope | undefined> => {
  const json = parseObject(text);
  if (!HasFunction.is(json)) return E.right(undefined);
  const decoded = EnvelopeJson.decode(json);
  if (E.isLeft(decoded)) return E.left(`the envelope's ${explain(decoded.left)}`);
  const { function: name, body, timeout } = decoded.right;
  return E.right({
    name,
    body: { text: typeof body === 'string' ? body : (rawMember(text, 'body') ?? '') },
    ...(typeof timeout === 'number' ? { timeoutMs: timeout } : {}),
  });
};

/** Undefined for all that is not the text of a JSON object; most payloads that are none show it in their first character. */
const parseObject = (text: string): unknown => {
  if (!/^\s*\{/.test(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
