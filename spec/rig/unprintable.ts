/** Controls but the newline, line and paragraph separators, and what changes the direction of writing. */
const steering = /[\p{Cc}\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu;

/** The characters in a program's output that could steer a terminal or fake a line, as code points; newlines may be. */
export const steeringIn = (output: string): readonly string[] =>
  [...output.replaceAll('\n', '').matchAll(steering)].map(([char]) => `U+${char.charCodeAt(0).toString(16)}`);
