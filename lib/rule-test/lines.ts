import { reasons } from '../rules/rejection.js';
import { nearest } from '../util/nearest.js';
import type { Complain } from './problem.js';

/** What holds for a test, or for all tests of a file. */
export const options = ['frame', 'settings', 'mq', 'filters', 'registered'] as const;

/** What happens around the pipeline. */
export const inputs = ['publish', 'set', 'cvmain'] as const;

/** How messages end. There is no spool here: it changes when a message ends, and not how. */
export const ends = ['notified', ...reasons] as const;

export type OptionKey = (typeof options)[number];
export type InputKey = (typeof inputs)[number];
export type EndKey = (typeof ends)[number];

/** A line of a rule test file that says something; `number` counts from 1. */
export type Line = { readonly number: number } & (
  | { readonly kind: 'test'; readonly name: string }
  | { readonly kind: 'option'; readonly key: OptionKey; readonly text: string }
  | {
      readonly kind: 'diagram';
      readonly key: InputKey | EndKey;
      readonly column: number;
      readonly text: string;
    }
  | { readonly kind: 'value'; readonly letter: string; readonly text: string }
);

/** The lines of a text, without those that are blank or comments. Complains of what is no line of a rule test. */
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
  const lane = [...inputs, ...ends].find((each) => each === key);
  if (lane === undefined) return unknown(key);
  if (line.includes('\t')) {
    return 'has a tab: diagrams stand under each other only with blanks';
  }
  return { number, kind: 'diagram', key: lane, column: before.length, text };
};

const unknown = (word: string): string => {
  const known = nearest(word, ['test', ...options, ...inputs, ...ends]);
  const what = `"${word.slice(0, 40)}" is no word of a rule test`;
  if (known !== undefined) return `${what} (the nearest known one is ${known})`;
  return /^.?=/.test(word) ? `${what}: a value is one letter, "=" and what it stands for` : what;
};
