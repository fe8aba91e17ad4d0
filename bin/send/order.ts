import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { splitName } from '../../lib/rules/message/name.js';
import { reservedPrefix } from '../../lib/rules/routing/route.js';
import { decodeJsonWith } from '../../lib/util/codec.js';

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

/** The fields of an envelope. */
export type Envelope = t.TypeOf<typeof Envelope>;

/** The limits of the platform's API (docs/domain.md#message): characters, and ms. */
const limits = { body: 512, leastTimeout: 100, mostTimeout: 60_000 } as const;

/** Builds a message as the platform does. Left: why the platform would refuse it, and what to do. */
export const orderOf = (username: string, envelope: Envelope): E.Either<string, Order> => {
  const { function: name, body = '', timeout } = envelope;
  const split = splitName(name);
  if (E.isLeft(split))
    return E.left(
      `"${name}": ${split.left}; a full name is <app>-<message>, such as myapp-hello: what precedes the first dash is the app`,
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

/** Builds a message from a line of a file: an envelope in JSON. Left: what is wrong. */
export const orderIn = (username: string, line: string): E.Either<string, Order> => {
  const envelope = decodeJsonWith(Envelope)(line);
  return E.isLeft(envelope)
    ? E.left(`${envelope.left}; a line is {"function": "myapp-hello", "body": "text", "timeout": 5000}`)
    : orderOf(username, envelope.right);
};

/** A raw payload on any topic of this unit. Left: the broker would not deliver it to this unit. */
export const rawOrder = (username: string, topic: string, payload: string): E.Either<string, Order> => {
  const own = `s2u/${username}/`;
  if (!topic.startsWith(own) || topic.length === own.length)
    return E.left(`${topic} is no topic of this unit, which gets those that start with ${own}`);
  return /[+#]/.test(topic)
    ? E.left(`${topic} is a topic filter: a topic has no + and no #`)
    : E.right({ name: topic, topic, payload });
};

/** What is wrong with a body that looks like JSON. */
const brokenJson = (body: string): string | undefined => {
  if (!/^\s*[[{]/.test(body)) return undefined;
  try {
    JSON.parse(body);
    return undefined;
  } catch {
    return 'the body looks like JSON, and is not valid: the app gets it as it is. A shell keeps the quotes of JSON in single quotes';
  }
};
