import fc from 'fast-check';

/** The code points of a text that control a terminal, break a line, or turn the direction of writing. */
export const steering = (text: string): readonly string[] =>
  [...text].filter((char) => {
    const code = char.codePointAt(0) ?? 0;
    const control = code < 0x20 || (code >= 0x7f && code <= 0x9f);
    const separator = code === 0x2028 || code === 0x2029;
    const surrogate = code >= 0xd800 && code <= 0xdfff;
    const direction =
      [0x61c, 0x200e, 0x200f, 0xfeff].includes(code) ||
      (code >= 0x202a && code <= 0x202e) ||
      (code >= 0x2066 && code <= 0x2069);
    return control || separator || surrogate || direction;
  });

/** Any text, including lone surrogates, and mostly dangerous characters. */
export const hostileText = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)),
      fc.constantFrom('\u001b[2J', '\r\n', '\u0085', '\u2028', '\u202e', '\ud83d', '\udc00', '😀', '\ufeff'),
      fc.constant('long'.repeat(200)),
    ),
  )
  .map((parts) => parts.join(''));
