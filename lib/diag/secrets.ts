import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { decodeJsonWith } from '../util/codec.js';

/** The fields of a login that are no secrets. */
const known = /^(server_uri|username)$/;

/**
 * The secrets in the text of `mq/mq.json` or `auth.json`: every value but the address and the username, and a login in the
 * address. Of a text that is not JSON, such as one that was cut off within the token: each word of 8 characters or more.
 */
export const secretsIn = (text: string): readonly string[] => {
  const json = decodeJsonWith(t.unknown)(text);
  return [...(E.isRight(json) ? valuesIn(json.right) : wordsIn(text)), ...loginsIn(text)];
};

const valuesIn = (json: unknown): readonly string[] => {
  if (typeof json === 'string' || typeof json === 'number') return [`${json}`];
  if (Array.isArray(json)) return json.flatMap(valuesIn);
  if (!t.UnknownRecord.is(json)) return [];
  return Object.entries(json).flatMap(([key, value]) =>
    known.test(key) && typeof value === 'string' ? [] : valuesIn(value),
  );
};

const wordsIn = (text: string): readonly string[] =>
  text
    .replace(/"(server_uri|username)"\s*:\s*"[^"]*"/g, '')
    .replace(/"password"\s*:/g, '')
    .split(/[\s"{},:\0]+/)
    .filter(({ length }) => length >= 8);

/** User and password in an address, as they are written and decoded. */
const loginsIn = (text: string): readonly string[] =>
  [...text.replaceAll('\\/', '/').matchAll(/:\/\/([^\s"]*)@/g)].flatMap(([, login = '']) => {
    const written = [login, ...login.split(':')];
    return [...written, ...written.map((each) => decoded(each))];
  });

const decoded = (text: string): string =>
  E.getOrElse(() => text)(
    E.tryCatch(
      () => decodeURIComponent(text),
      () => 'not encoded',
    ),
  );
