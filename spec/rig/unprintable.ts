/**
 * Control characters except newline, line and paragraph separators, and characters that change the writing
 * direction.
 */
const steering = /[\p{Cc}\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu;

/**
 * Characters in an output that could control a terminal or fake a line, as code points; newlines are allowed.
 */
export const steeringIn = (output: string): readonly string[] =>
  [...output.replaceAll('\n', '').matchAll(steering)].map(([char]) => `U+${char.charCodeAt(0).toString(16)}`);
