import type { Random } from './random.js';

const deep = (open: string, close: string, depth: number): string => open.repeat(depth) + close.repeat(depth);

/** JSON values that may replace any other: wrong types, boundary values, too deep, too long. */
const values: readonly string[] = [
  'null',
  'true',
  '""',
  '"x"',
  '[]',
  '{}',
  '0',
  '-0',
  '-1',
  '1.5',
  '1e400',
  '-1e400',
  '1e-400',
  '1e21',
  '9007199254740993',
  '4294967296',
  '65536',
  '65535',
  '"0"',
  '"NaN"',
  '"Infinity"',
  '"\\u0000"',
  '"\\ud800"',
  '"\\u2028"',
  '"\\ufeff"',
  '[null]',
  '[[]]',
  '{"__proto__":{"polluted":true}}',
  '{"constructor":{"prototype":{"polluted":true}}}',
  '{"":""}',
  '{"length":4294967295}',
  '"__proto__"',
  '"1969-12-31T23:59:59Z"',
  '"+275760-09-13T00:00:00.000Z"',
  '"a/#/b"',
  '"$share/g/s2u/#"',
  '"tcp://[::1]:1883"',
  '"mqtt://"',
  '"127.0.0.1:99999"',
  '":0"',
  'NaN',
  'Infinity',
  'undefined',
  '01',
  '"',
  `"${'x'.repeat(5_000)}"`,
  deep('[', ']', 20_000),
  deep('{"a":', '}', 5_000).replace('}', '0}'),
];

/** Member names with a meaning in JavaScript. */
const names: readonly string[] = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'length',
  '',
];

/** A token of JSON: a string, a number, a word. */
const token = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/g;

/** Texts to insert before, within or after the input. */
const blots: readonly string[] = [
  '\ufeff',
  '\0',
  '\0\0\0\0',
  '\r\n',
  '\n',
  ',',
  '}',
  ']',
  '//',
  '/*',
  '#',
  '\u2028',
  '\ud800',
  '-',
  '(',
];

/**
 * Mutates text that is JSON or nearly so: replaces a token by a hostile value or name, drops or repeats a
 * line.
 */
export const mutateText = (input: Buffer, random: Random): Buffer => {
  const text = input.toString();
  const tokens = [...text.matchAll(token)];
  const lines = text.split('\n');
  switch (random.below(tokens.length === 0 ? 3 : 6)) {
    case 0: {
      const at = random.below(text.length + 1);
      return Buffer.from(text.slice(0, at) + random.pick(blots) + text.slice(at));
    }
    case 1:
      return Buffer.from(lines.toSpliced(random.below(lines.length), 1).join('\n'));
    case 2: {
      const at = random.below(lines.length);
      return Buffer.from(lines.toSpliced(random.below(lines.length + 1), 0, lines[at] ?? '').join('\n'));
    }
    default: {
      const { 0: old, index } = random.pick(tokens);
      const isName = /^\s*:/.test(text.slice(index + old.length));
      const by = isName && random.chance(0.8) ? JSON.stringify(random.pick(names)) : random.pick(values);
      return Buffer.from(text.slice(0, index) + by + text.slice(index + old.length));
    }
  }
};
