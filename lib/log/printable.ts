/**
 * What could steer a terminal or break a line: C0 and C1 controls, line and paragraph separators, marks that reverse the
 * direction of writing, and lone surrogates.
 */
const unprintable = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu;

/** `text` with all that could steer a terminal as `\u{…}`, cut after `maxLength` characters. */
export const printable = (text: string, maxLength = 300): string => {
  const cut = text.length > maxLength ? `${text.slice(0, maxLength)}…` : text;
  return cut.replace(unprintable, (char) => `\\u{${char.codePointAt(0)?.toString(16) ?? ''}}`);
};
