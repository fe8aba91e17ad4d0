/**
 * Characters that could control a terminal or break a line: C0 and C1 controls, line and paragraph separators, lone
 * surrogates, and marks that change the writing direction.
 */
const unprintable = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu;

const escaped = (char: string): string => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** `text`, cut to `maxLength` characters and `…`: untrusted text must not determine the length of a log entry. */
export const shortened = (text: string, maxLength = 400): string =>
  text.length > maxLength ? `${text.slice(0, maxLength)}…` : text;

/** `text` with control characters escaped as `\uXXXX`, cut to `maxLength` characters. */
export const printable = (text: string, maxLength = 400): string =>
  shortened(text, maxLength).replace(unprintable, escaped);

/** `value` as one line of JSON, with control characters escaped, so that it is safe on a terminal. */
export const jsonLine = (value: unknown): string => JSON.stringify(value).replace(unprintable, escaped);
