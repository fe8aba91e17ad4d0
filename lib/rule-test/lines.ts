import { reasons } from '../rules/rejection.js';
import { nearest } from '../util/nearest.js';

/** Keywords that configure a test, or all tests of a file. */
export const options = ['frame', 'settings', 'mq', 'filters', 'registered'] as const;

/** Keywords of the diagrams of what happens around the pipeline. */
export const inputs = ['publish', 'set', 'cvmain'] as const;

/** Keywords of the diagrams of results. `spooled` is missing: a spool changes when a message is settled, not its result. */
export const resultKeys = ['notified', ...reasons] as const;

export type OptionKey = (typeof options)[number];
export type InputKey = (typeof inputs)[number];
export type ResultKey = (typeof resultKeys)[number];

/** A line of a rule test file; `number` counts from 1. */
export type Line = { readonly number: number } & (
  | { readonly kind: 'test'; readonly name: string }
  | { readonly kind: 'option'; readonly key: OptionKey; readonly text: string }
  | {
      readonly kind: 'diagram';
      readonly key: InputKey | ResultKey;
      readonly column: number;
      readonly text: string;
    }
  | { readonly kind: 'value'; readonly letter: string; readonly text: string }
  | { readonly kind: 'unread'; readonly text: string; readonly detail: string }
);

/**
 * The lines of a text, without blank lines and comments. `unread` are invalid ones; one that was meant to begin a test does so,
 * or the lines after it would count as those of the test before.
 */
export const readLines = (text: string): readonly Line[] =>
  text.split(/\r?\n/).flatMap((line, at) => {
    if (/^\s*(#|$)/.test(line)) return [];
    const number = at + 1;
    const read = readLine(line, number);
    if (typeof read !== 'string') return [read];
    const [, word = '', name = ''] = /^\s*(\S+)\s*(.*?)\s*$/.exec(line) ?? [];
    const begins: readonly Line[] = nearestKeyword(word) === 'test' ? [{ number, kind: 'test', name }] : [];
    return [...begins, { number, kind: 'unread', text: line, detail: read }];
  });

const readLine = (line: string, number: number): Line | string => {
  const value = /^\s*([A-Za-z0-9])\s*=\s*(.*?)\s*$/s.exec(line);
  if (value !== null) {
    const [, letter = '', text = ''] = value;
    return { number, kind: 'value', letter, text };
  }
  const [, before = '', word = '', text = ''] = /^((\s*\S+)\s*)(.*?)\s*$/s.exec(line) ?? [];
  const key = word.trim();
  if (key === 'test') return { number, kind: 'test', name: text };
  const option = options.find((each) => each === key);
  if (option !== undefined) return { number, kind: 'option', key: option, text };
  const lane = [...inputs, ...resultKeys].find((each) => each === key);
  if (lane === undefined) return unknown(key);
  if (line.includes('\t')) {
    return 'contains a tab: align diagrams with spaces';
  }
  return { number, kind: 'diagram', key: lane, column: before.length, text };
};

const unknown = (word: string): string => {
  const known = nearestKeyword(word);
  const what = `"${word.slice(0, 40)}" is not a keyword of rule tests`;
  if (known !== undefined) return `${what} (did you mean ${known}?)`;
  return /^.?=/.test(word) ? `${what}: a value is one letter, "=" and its meaning` : what;
};

const nearestKeyword = (word: string): string | undefined =>
  nearest(word, ['test', ...options, ...inputs, ...resultKeys]);
