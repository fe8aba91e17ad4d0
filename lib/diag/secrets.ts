import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { decodeJsonWith } from '../util/codec.js';

/** The fields of a login that are no secrets. */
const known = /^(server_uri|username)$/;

/**
 * The secrets in the text of `mq/mq.json` or `auth.json`: every value but the address and the username, and a login and a
 * query in the address. Of a text that is not JSON, such as one that was cut off within the token: all that is between
 * two quotes, and each word of 8 characters or more.
 */
export const secretsIn = (text: string): readonly string[] => {
  const json = decodeJsonWith(t.unknown)(text);
  return E.isRight(json) ? valuesIn(json.right) : valuesInBroken(text);
};

const valuesIn = (json: unknown): readonly string[] => {
  if (typeof json === 'string' || typeof json === 'number') return [`${json}`];
  if (Array.isArray(json)) return json.flatMap(valuesIn);
  if (!t.UnknownRecord.is(json)) return [];
  return Object.entries(json).flatMap(([key, value]) => {
    if (!known.test(key) || typeof value !== 'string') return valuesIn(value);
    return key === 'server_uri' ? secretsInAddress(value) : [];
  });
};

const valuesInBroken = (text: string): readonly string[] => {
  const rest = text.replace(/"(server_uri|username)"\s*:\s*"[^"]*("|$)/g, '').replace(/"\w{1,40}"\s*:/g, '"');
  const strings = rest.split('"').map((each) => each.trim());
  const words = rest.split(/[\s"{},:\0]+/).filter(({ length }) => length >= 8);
  const addresses = [...text.replaceAll('\\/', '/').matchAll(/"server_uri"\s*:\s*"([^"]*)/g)];
  return [...strings, ...words, ...addresses.flatMap(([, address = '']) => secretsInAddress(address))];
};

/** User, password and the values of the query in an address that need not be valid, as they are written and decoded. */
const secretsInAddress = (address: string): readonly string[] => {
  const login = /^(?:[^/]*:\/\/)?(.*)@/s.exec(address)?.[1];
  const query = /\?(.*)$/s.exec(address)?.[1] ?? '';
  const written = [
    ...(login === undefined ? [] : [login, ...login.split(':')]),
    ...query.split(/[&=]/).filter(({ length }) => length >= 8),
  ];
  return [...written, ...written.map((each) => decoded(each))];
};

const decoded = (text: string): string =>
  E.getOrElse(() => text)(
    E.tryCatch(
      () => decodeURIComponent(text),
      () => 'not encoded',
    ),
  );
