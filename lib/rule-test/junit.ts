import { markup } from '../report/markup.js';
import { printable } from '../util/printable.js';
import { counted, type FileResult, type TestResult } from './results.js';

/**
 * The results as JUnit XML for CI servers: a suite for each file, a case for each test; a broken file is a case with an
 * error. Well-formed whatever the names hold: characters that XML does not allow are written as `\uXXXX`.
 */
export const junit = (results: readonly FileResult[]): string => {
  const { tests, failed, broken } = counted(results);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="cvmqtt test" tests="${tests + broken}" failures="${failed}" errors="${broken}">`,
    ...results.flatMap(suite),
    '</testsuites>',
    '',
  ].join('\n');
};

const suite = (result: FileResult): readonly string[] => {
  const { tests, failed, broken } = counted([result]);
  const file = quoted(result.file);
  return [
    `  <testsuite name=${file} tests="${tests + broken}" failures="${failed}" errors="${broken}">`,
    ...(broken === 0 ? [] : brokenFile(file, result.problems)),
    ...result.tests.flatMap((each) => testCase(file, each)),
    '  </testsuite>',
  ];
};

const brokenFile = (file: string, problems: readonly string[]): readonly string[] => [
  `    <testcase classname=${file} name="the file is broken">`,
  `      <error message=${quoted(problems[0] ?? '')}>${problems.map(text).join('\n')}</error>`,
  '    </testcase>',
];

const testCase = (file: string, { test, verdict }: TestResult): readonly string[] => {
  const attributes = `classname=${file} name=${quoted(test.name)} line="${test.line}"`;
  if (verdict.kind === 'passed') return [`    <testcase ${attributes}/>`];
  const { headline, lines } = verdict;
  return [
    `    <testcase ${attributes}>`,
    `      <failure message=${quoted(headline)}>${lines.map(text).join('\n')}</failure>`,
    '    </testcase>',
  ];
};

const text = (line: string): string => markup(printable(line, 1_000));

const quoted = (value: string): string => `"${text(value)}"`;
