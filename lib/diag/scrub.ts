import { jwtInText } from '../util/jwt.js';
import { removed } from './allowed.js';

/** So many characters in a row are recognised as a part of a secret. A shorter secret is recognised as a whole. */
const partLength = 8;

/**
 * No more of all secrets is searched for: a character took up to 3 kB of memory. A token has at most 16,384, and a file of
 * more than this is no login.
 */
const mostCharacters = 65_536;

/** Shorter secrets would be found everywhere. */
const leastLength = 4;

/**
 * Secrets by their shape, of whatever source: a token, the login in an address, a private key. A hostile text takes no
 * quadratic time.
 */
const shapes: readonly (readonly [RegExp, string | ((found: string) => string)])[] = [
  [jwtInText, removed],
  [/[^\s"'<>]+/g, (run) => withoutLogin(run)],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, removed],
];

/** Without what is between the first `scheme://` and the last `@` after it. */
const withoutLogin = (run: string): string => {
  const end = run.lastIndexOf('@');
  const scheme = /\b[a-z][a-z0-9+.-]{0,20}:\/\//i.exec(run.slice(0, Math.max(0, end)));
  return scheme === null || scheme.index + scheme[0].length === end
    ? run
    : `${run.slice(0, scheme.index + scheme[0].length)}${removed}${run.slice(end)}`;
};

/**
 * A function that takes secrets out of a text: these, as they are, as JSON (also within JSON, or in ASCII), as base64, in
 * hexadecimal digits and percent-encoded, also any part of {@link partLength} characters, as in an error that quotes a few; and what has the shape of a secret. It rather takes out
 * too much.
 */
export const scrubber = (secrets: readonly string[]): ((text: string) => string) => {
  const forms = [...new Set(bounded(secrets).flatMap(formsOf))].filter(({ length }) => length >= leastLength);
  const parts = new Set(forms.flatMap(partsOf));
  const lengths = [...new Set([...parts].map(({ length }) => length))].sort((a, b) => b - a);
  return (text) =>
    shapes.reduce(
      (rest, [shape, by]) => (typeof by === 'string' ? rest.replace(shape, by) : rest.replace(shape, by)),
      without(text, parts, lengths),
    );
};

/** The secrets, the shorter ones first, up to {@link mostCharacters}: the last one is cut. */
const bounded = (secrets: readonly string[]): readonly string[] => {
  let left = mostCharacters;
  return [...new Set(secrets)]
    .sort((one, other) => one.length - other.length)
    .map((secret) => {
      const kept = secret.slice(0, left);
      left -= kept.length;
      return kept;
    });
};

const partsOf = (form: string): readonly string[] =>
  form.length <= partLength
    ? [form]
    : Array.from({ length: form.length - partLength + 1 }, (_, at) => form.slice(at, at + partLength));

const formsOf = (secret: string): readonly string[] => {
  const encoded = [0, 1, 2].map((before) => base64At(before, secret));
  const inUrls = encoded.map((each) => each.replaceAll('+', '-').replaceAll('/', '_'));
  const hex = Buffer.from(secret).toString('hex');
  const long = [...encoded, ...inUrls, hex, hex.toUpperCase()].filter(({ length }) => length >= partLength);
  return [secret, ...jsonForms(secret), ...percentEncoded(secret), ...long];
};

/** As JSON: as it is, in ASCII, with escaped slashes; and as JSON in the strings of JSON, twice. */
const jsonForms = (secret: string): readonly string[] => {
  const plain = asJson(secret);
  const ascii = plain.replace(/[^ -~]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
  const upper = ascii.replace(/\\u[0-9a-f]{4}/g, (code) => `\\u${code.slice(2).toUpperCase()}`);
  const forms = [plain, ascii, upper].flatMap((form) => [form, form.replaceAll('/', '\\/')]);
  return forms.flatMap((form) => [form, asJson(form), asJson(asJson(form))]);
};

const asJson = (text: string): string => JSON.stringify(text).slice(1, -1);

/** In a URL and in a form: with and without the five characters that need not be encoded. */
const percentEncoded = (secret: string): readonly string[] => {
  const strict = [...Buffer.from(secret)].map(encodedByte).join('');
  const relaxed = strict.replace(/%2[1789A]/g, decodeURIComponent);
  return [strict, relaxed]
    .flatMap((form) => [form, form.replaceAll('%20', '+')])
    .flatMap((form) => [form, form.replace(/%../g, (code) => code.toLowerCase())]);
};

const encodedByte = (byte: number): string => {
  const char = String.fromCharCode(byte);
  return /[\w.~-]/.test(char) ? char : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
};

/** The characters of its base64 that depend on nothing else, if `before` other bytes precede it in a group of three. */
const base64At = (before: number, secret: string): string => {
  const bytes = Buffer.concat([Buffer.alloc(before), Buffer.from(secret)]);
  const whole = Math.floor((bytes.length * 8) / 6);
  return bytes.toString('base64').slice(Math.ceil((before * 8) / 6), whole);
};

/** The text without any of the parts, which have these lengths. */
const without = (text: string, parts: ReadonlySet<string>, lengths: readonly number[]): string => {
  let kept = '';
  /** Where the last part that was found ends. */
  let end = 0;
  for (let at = 0; at < text.length; at += 1) {
    const length = lengths.find((each) => parts.has(text.slice(at, at + each)));
    if (length === undefined) continue;
    if (kept === '' || at > end) kept += text.slice(end, at) + removed;
    end = Math.max(end, at + length);
  }
  return kept + text.slice(end);
};
