import { jwtInText } from '../util/jwt.js';
import { removed } from './allowed.js';

/** So many characters in a row are recognised as a part of a secret. A shorter secret is recognised as a whole. */
const partLength = 8;

/** Shorter secrets would be found everywhere. */
const leastLength = 4;

/**
 * Secrets by their shape, of whatever source: a token, the login in an address, a private key. Lengths are bounded, so that
 * a hostile text takes no quadratic time.
 */
const shapes: readonly (readonly [RegExp, string])[] = [
  [jwtInText, removed],
  [/\b([a-z][a-z0-9+.-]{0,20}:\/\/)[^\s"'<>]{1,500}@/gi, `$1${removed}@`],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, removed],
];

/**
 * A function that takes secrets out of a text: these, as they are, as JSON and as base64, also any part of
 * {@link partLength} characters, as in an error that quotes a few; and what has the shape of a secret. It rather takes out
 * too much.
 */
export const scrubber = (secrets: readonly string[]): ((text: string) => string) => {
  const forms = [...new Set(secrets.flatMap(formsOf))].filter(({ length }) => length >= leastLength);
  const parts = new Set(forms.flatMap(partsOf));
  const lengths = [...new Set([...parts].map(({ length }) => length))].sort((a, b) => b - a);
  return (text) =>
    shapes.reduce((rest, [shape, by]) => rest.replace(shape, by), without(text, parts, lengths));
};

const partsOf = (form: string): readonly string[] =>
  form.length <= partLength
    ? [form]
    : Array.from({ length: form.length - partLength + 1 }, (_, at) => form.slice(at, at + partLength));

const formsOf = (secret: string): readonly string[] => {
  const encoded = [0, 1, 2].map((before) => base64At(before, secret));
  const inUrls = encoded.map((each) => each.replaceAll('+', '-').replaceAll('/', '_'));
  const long = [...encoded, ...inUrls].filter(({ length }) => length >= partLength);
  return [secret, JSON.stringify(secret).slice(1, -1), ...long];
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
