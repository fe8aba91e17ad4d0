import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import { bytesOf, samePayload } from '../rules/message/payload.js';
import type { IntegrationSet } from '../rules/routing/integrations.js';
import { compactDuration } from '../util/duration.js';
import { jsonLine, printable } from '../util/printable.js';
import { parsePublish, type Sent, usualTopic } from './publish-value.js';

/** The longest value that is written, characters: people read these files. */
const maxLength = 1_000;

/**
 * A publish as the value of a letter, in its shortest form: the inverse of {@link parsePublish}. Left: why the language of
 * rule tests has no value for it.
 */
export const showPublish = (sent: Sent, filters: readonly string[]): E.Either<string, string> => {
  if (sent.oversized !== undefined) return E.left('only the beginning of its payload was recorded');
  const { topic, qos, retain, dup, expiresInMs } = sent;
  const words = [
    ...(topic === usualTopic(filters) ? [] : [`topic ${topic}`]),
    ...(qos === 1 ? [] : [`qos ${qos}`]),
    ...(retain ? ['retain'] : []),
    ...(dup ? ['dup'] : []),
    ...(expiresInMs === undefined ? [] : [`expires ${compactDuration(expiresInMs)}`]),
  ];
  const values = payloadForms(sent)
    .map((payload) => [...words, payload].filter((each) => each !== '').join(' '))
    .filter((each) => printable(each, Number.POSITIVE_INFINITY) === each);
  const value = values.find((each) =>
    pipe(
      parsePublish(each, filters),
      E.exists((read) => isSame(read, sent)),
    ),
  );
  if (value === undefined && /\s/.test(topic))
    return E.left('a topic with a blank can’t be written in a rule test');
  if (value === undefined)
    return pipe(
      parsePublish(words.join(' '), filters),
      E.chain(() => noForm),
    );
  return value.length <= maxLength
    ? E.right(value)
    : E.left(`its value would be longer than ${maxLength} characters`);
};

const noForm = E.left('its topic, QoS or payload can’t be written in a rule test');

const payloadForms = ({ payload }: Sent): readonly string[] => {
  const base64 = `base64 ${Buffer.from(bytesOf(payload)).toString('base64')}`;
  if (!('text' in payload)) return [base64];
  const { text } = payload;
  // A value ends without blanks.
  if (text.trimEnd() !== text) return [base64];
  const name = /^\{"function":"([^"\\\s]+)"(?:,(.*))?\}$/.exec(text);
  const short = name === null ? [] : [name[2] === undefined ? `${name[1]}` : `${name[1]} {${name[2]}}`];
  return [...short, text, `text ${text}`, base64];
};

const isSame = (one: Sent, other: Sent): boolean =>
  one.topic === other.topic &&
  one.qos === other.qos &&
  one.retain === other.retain &&
  one.dup === other.dup &&
  one.expiresInMs === other.expiresInMs &&
  samePayload(one.payload, other.payload);

/** A live set as the value of a letter: the inverse of `parseSet`. */
export const showSet = (set: IntegrationSet): string => {
  const all = [...set.values()];
  const plain = all.every(({ name }) => /^[^\s@,[][^\s@,]*$/.test(name) && printable(name, 200) === name);
  if (!plain)
    return jsonLine(all.map(({ name, address }) => ({ name, ...(address && { integration: address }) })));
  return all
    .map(({ name, address }) => {
      if (address === undefined) return name;
      const host = address.host.includes(':') ? `[${address.host}]` : address.host;
      return `${name}@${host}:${address.port}`;
    })
    .join(', ');
};
