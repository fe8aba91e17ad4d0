import { reasons } from '../rules/rejection.js';
import { nearest } from '../util/nearest.js';
import type { Complain } from './problem.js';

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
);

/** The lines of a text, without blank lines and comments. Complains about invalid lines. */
export const readLines = (text: string, complain: Complain): readonly Line[] =>
  text.split(/\r?\n/).flatMap((line, at) => {
    if (/^\s*(#|$)/.test(line)) return [];
    const read = readLine(line, at + 1);
    if (typeof read !== 'string') return [read];
    complain(at + 1, read);
    return [];
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
  const known = nearest(word, ['test', ...options, ...inputs, ...resultKeys]);
  const what = `"${word.slice(0, 40)}" is not a keyword of rule tests`;
  if (known !== undefined) return `${what} (did you mean ${known}?)`;
  return /^.?=/.test(word) ? `${what}: a value is one letter, "=" and its meaning` : what;
};
