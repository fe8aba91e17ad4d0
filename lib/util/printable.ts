/**
 * What could steer a terminal or break a line: C0 and C1 controls, line and paragraph separators, lone surrogates, and
 * the marks that change the direction of writing.
 */
const unprintable = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu;

const escaped = (char: string): string => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** `text` itself, or its first `maxLength` characters and a mark, as a message must not choose how long a log line is. */
export const shortened = (text: string, maxLength = 400): string =>
  text.length > maxLength ? `${text.slice(0, maxLength)}…` : text;

/** `text` with all that could steer a terminal as `\uXXXX`, cut after `maxLength` characters. */
export const printable = (text: string, maxLength = 400): string =>
  shortened(text, maxLength).replace(unprintable, escaped);

/** `value` as one line of JSON that is safe on a terminal too. */
export const jsonLine = (value: unknown): string => JSON.stringify(value).replace(unprintable, escaped);
