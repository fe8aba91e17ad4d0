import type { Style } from '../explain/show.js';
import { plural } from '../util/plural.js';
import { printable } from '../util/printable.js';
import { counted, type FileResult, type TestResult } from './results.js';

/** At most this many problems of a file, or of a test, are shown. */
const maxProblems = 20;

/** Longer than any line of a picture, characters. */
const maxLine = 1_000;

/** The results of a file, as lines for a terminal, the last one blank. Control characters are escaped. */
export const fileLines = (
  { file, problems, tests }: FileResult,
  style: Pick<Style, 'good' | 'bad'>,
): readonly string[] => {
  const lines = [
    printable(file),
    ...(problems.length === 0 ? [] : [`  ${style.bad('not ok')}  the file is broken`]),
    ...problemLines(problems),
    ...tests.flatMap((each) => testLines(file, each, style)),
  ];
  return lines.at(-1) === '' ? lines : [...lines, ''];
};

const testLines = (
  file: string,
  { test, verdict }: TestResult,
  { good, bad }: Pick<Style, 'good' | 'bad'>,
): readonly string[] => {
  const name = printable(test.name);
  if (verdict.kind === 'passed') return [`  ${good('ok')}      ${name}`];
  if (verdict.kind === 'broken') return [`  ${bad('broken')}  ${name}`, ...problemLines(verdict.problems)];
  return [
    `  ${bad('not ok')}  ${name} (${printable(file)}:${test.line})`,
    '',
    ...verdict.lines.map((line) => (line === '' ? '' : `    ${printable(line, maxLine)}`)),
    '',
  ];
};

const problemLines = (problems: readonly string[]): readonly string[] => [
  ...problems.slice(0, maxProblems).map((each) => `    ${printable(each, maxLine)}`),
  ...(problems.length > maxProblems ? [`    and ${problems.length - maxProblems} more`] : []),
];

/** The totals, in one line. */
export const summary = (results: readonly FileResult[]): string => {
  const { tests, passed, failed, brokenTests, brokenFiles } = counted(results);
  const broken = brokenTests === 0 ? '' : `, ${brokenTests} broken`;
  const files = brokenFiles === 0 ? '' : `, ${plural(brokenFiles, 'broken file')}`;
  return `${plural(tests, 'test')}: ${passed} ok, ${failed} not ok${broken}${files}`;
};
