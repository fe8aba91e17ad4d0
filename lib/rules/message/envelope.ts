import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import * as t from 'io-ts';
import { explain } from '../../util/codec.js';
import type { Payload } from './payload.js';
import { rawMember } from './raw-member.js';

/** The server's envelope: full name, body, and how long the server waits for an answer. */
export interface Envelope {
  readonly name: string;
  readonly body: Payload;
  /** Infinity if not given. */
  readonly timeoutMs: number;
}

/** Milliseconds: finite and not negative. */
const Milliseconds = t.refinement(
  t.number,
  (ms) => Number.isFinite(ms) && ms >= 0,
  'a number of ms, 0 or more',
);

/** One codec for the whole envelope, as it runs for each message; a missing `function` is checked afterwards. */
const EnvelopeJson = t.partial({
  function: t.string,
  body: t.unknown,
  timeout: t.union([Milliseconds, t.null]),
});

const HasFunction = t.type({ function: t.string });

/**
 * Parses the envelope in a message's text (docs/domain.md#message): a JSON object with a string `function`. A body that
 * is not a string keeps its JSON text as the sender wrote it; a missing body is empty. Right with undefined: the text
 * is not an envelope. Left: it is one, and a field has the wrong type. Nothing is guessed then: without its `timeout`,
 * a command would run too late.
 */
export const envelopeOf = (payload: string): E.Either<string, Envelope | undefined> => {
  // JSON has no byte order mark, and some senders put one before it (RFC 8259, 8.1: it may be ignored).
  const text = payload.startsWith('\uFEFF') ? payload.slice(1) : payload;
  const json = parseObject(text);
  // `is` takes a tenth of the time of `decode`, which is needed only for the error.
  if (!EnvelopeJson.is(json)) {
    return HasFunction.is(json) ? E.left(`the envelope's ${misfit(json)}`) : E.right(undefined);
  }
  const { function: name, body, timeout } = json;
  if (name === undefined) return E.right(undefined);
  return E.right({
    name,
    body: { text: typeof body === 'string' ? body : (rawMember(text, 'body') ?? '') },
    timeoutMs: timeout ?? Number.POSITIVE_INFINITY,
  });
};

const misfit = (json: unknown): string =>
  pipe(
    EnvelopeJson.decode(json),
    E.match(explain, () => ''),
  );

/** Undefined unless the text is a JSON object; most others are recognised by their first character. */
const parseObject = (text: string): unknown => {
  if (!/^\s*\{/.test(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
