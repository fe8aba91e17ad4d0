import { markup } from '../report/markup.js';
import { printable } from '../util/printable.js';
import { counted, type FileResult, type TestResult } from './results.js';

/**
 * The results as JUnit XML for CI servers: a suite for each file, a case for each test; a broken one has an
 * error, as has the one case of a broken file. Well-formed whatever the names hold: characters that XML does not allow are written as `\uXXXX`.
 */
export const junit = (results: readonly FileResult[]): string => {
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="cvmqtt test" ${totals(results)}>`,
    ...results.flatMap(suite),
    '</testsuites>',
    '',
  ].join('\n');
};

const suite = (result: FileResult): readonly string[] => {
  const file = quoted(result.file);
  return [
    `  <testsuite name=${file} ${totals([result])}>`,
    ...(result.problems.length === 0 ? [] : brokenFile(file, result.problems)),
    ...result.tests.flatMap((each) => testCase(file, each)),
    '  </testsuite>',
  ];
};

const totals = (results: readonly FileResult[]): string => {
  const { tests, failed, brokenTests, brokenFiles } = counted(results);
  return `tests="${tests + brokenFiles}" failures="${failed}" errors="${brokenTests + brokenFiles}"`;
};

const brokenFile = (file: string, problems: readonly string[]): readonly string[] => [
  `    <testcase classname=${file} name="the file is broken">`,
  error(problems),
  '    </testcase>',
];

const error = (problems: readonly string[]): string =>
  `      <error message=${quoted(problems[0] ?? '')}>${problems.map(text).join('\n')}</error>`;

const testCase = (file: string, { test, verdict }: TestResult): readonly string[] => {
  const attributes = `classname=${file} name=${quoted(test.name)} line="${test.line}"`;
  if (verdict.kind === 'passed') return [`    <testcase ${attributes}/>`];
  if (verdict.kind === 'broken')
    return [`    <testcase ${attributes}>`, error(verdict.problems), '    </testcase>'];
  const { headline, lines } = verdict;
  return [
    `    <testcase ${attributes}>`,
    `      <failure message=${quoted(headline)}>${lines.map(text).join('\n')}</failure>`,
    '    </testcase>',
  ];
};

const text = (line: string): string => markup(printable(line, 1_000));

const quoted = (value: string): string => `"${text(value)}"`;
