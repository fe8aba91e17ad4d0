import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { splitName } from '../../lib/rules/message/name.js';
import { reservedPrefix } from '../../lib/rules/routing/route.js';
import { decodeJsonWith } from '../../lib/util/codec.js';
import { nearest } from '../../lib/util/nearest.js';

/** A message to send. */
export interface Order {
  /** The full name, or the topic of a raw payload. */
  readonly name: string;
  readonly topic: string;
  readonly payload: string;
  /** What will surprise its sender, if anything; it is sent all the same. */
  readonly warning?: string;
}

/** An envelope, as the platform's API takes it (docs/domain.md#message). */
const Envelope = t.intersection([
  t.type({ function: t.string }),
  t.partial({ body: t.string, timeout: t.number }),
]);

const fields = ['function', 'body', 'timeout'];

/** The fields of an envelope. */
export type Envelope = t.TypeOf<typeof Envelope>;

/** The limits of the platform's API (docs/domain.md#message): characters, and ms. */
const limits = { body: 512, leastTimeout: 100, mostTimeout: 60_000 } as const;

/** The length of a topic has two bytes (MQTT 3.1.1, 1.5.3). */
const mostTopicBytes = 65_535;

/** Builds a message as the platform does. Left: why the platform would refuse it, and what to do. */
export const orderOf = (username: string, envelope: Envelope): E.Either<string, Order> => {
  const { function: name, body = '', timeout } = envelope;
  const split = splitName(name);
  if (E.isLeft(split))
    return E.left(
      `"${name}": ${split.left}${notDash(name)}; a full name is <app>-<message>, such as myapp-hello: what precedes the first dash is the app`,
    );
  const length = [...body].length;
  if (length > limits.body)
    return E.left(`the body has ${length} characters; the platform takes at most ${limits.body}: shorten it`);
  if (timeout !== undefined && !(timeout >= limits.leastTimeout && timeout <= limits.mostTimeout))
    return E.left(
      `the timeout is ${timeout} ms; the platform takes ${limits.leastTimeout} to ${limits.mostTimeout} ms`,
    );
  const warning = name.startsWith(reservedPrefix)
    ? `names that start with ${reservedPrefix} are reserved for the vendor's apps`
    : brokenJson(body);
  return E.right({
    name,
    topic: `s2u/${username}/command`,
    payload: JSON.stringify(envelope),
    ...(warning === undefined ? {} : { warning }),
  });
};

/** Says which character was taken for a dash. */
const notDash = (name: string): string => {
  const [char] = /[_\u2010-\u2015\u2212\u00ad]/.exec(name) ?? [];
  return char === undefined || name.includes('-') ? '' : `: "${char}" is none, "-" is`;
};

/** Builds a message from a line of a file: an envelope in JSON without other fields. Left: what is wrong. */
export const orderIn = (username: string, line: string): E.Either<string, Order> => {
  const envelope = decodeJsonWith(Envelope)(line);
  const wrong = E.isLeft(envelope) ? envelope.left : unknownField(envelope.right);
  return E.isLeft(envelope) || wrong !== undefined
    ? E.left(`${wrong}; a line is {"function": "myapp-hello", "body": "text", "timeout": 5000}`)
    : orderOf(username, envelope.right);
};

/** A mistyped field would be a message without a body, or without a timeout. */
const unknownField = (envelope: Envelope): string | undefined => {
  const unknown = Object.keys(envelope).find((key) => !fields.includes(key));
  if (unknown === undefined) return undefined;
  const meant = nearest(unknown, fields);
  return `unknown field "${unknown}"${meant === undefined ? '' : `; did you mean ${meant}?`}`;
};

/** A raw payload on any topic of this unit. Left: the broker would not deliver it to this unit. */
export const rawOrder = (username: string, topic: string, payload: string): E.Either<string, Order> => {
  const own = `s2u/${username}/`;
  if (!topic.startsWith(own) || topic.length === own.length)
    return E.left(`${topic} is no topic of this unit, which gets those that start with ${own}`);
  if (/[+#]/.test(topic)) return E.left(`${topic} is a topic filter: a topic has no + and no #`);
  const bytes = Buffer.byteLength(topic);
  return bytes > mostTopicBytes
    ? E.left(`the topic has ${bytes} bytes; MQTT takes at most ${mostTopicBytes}`)
    : E.right({ name: topic, topic, payload });
};

/** What is wrong with a body that looks like JSON. */
const brokenJson = (body: string): string | undefined => {
  if (!/^\s*'?[[{]/.test(body)) return undefined;
  try {
    JSON.parse(body);
    return undefined;
  } catch {
    const advice =
      body.includes('"') && !body.trimStart().startsWith("'")
        ? 'Look for a comma before } or ], and for what is not closed'
        : 'A shell keeps the quotes of JSON in single quotes; cmd.exe and old PowerShell lose them: use --file there';
    return `the body looks like JSON, and is not valid: the app gets it as it is. ${advice}`;
  }
};
