import * as E from 'fp-ts/lib/Either.js';
import { type Given, withOption } from './given.js';
import { type Line, readLines } from './lines.js';
import type { Complain, Problem } from './problem.js';
import { readDiagrams } from './read-diagrams.js';
import type { RuleTest } from './rule-test.js';

/** The maximum number of tests in a file. */
const maxTests = 1_000;

/** A test that can't be run. */
export interface BrokenTest extends Pick<RuleTest, 'name' | 'line'> {
  /** At least one, in order of lines. */
  readonly problems: readonly Problem[];
}

/** A file of rule tests. */
export interface RuleTestFile {
  /** What is wrong for all tests. If there are any, no test is in `tests`. */
  readonly problems: readonly Problem[];
  readonly tests: readonly E.Either<BrokenTest, RuleTest>[];
}

/**
 * Parses rule tests (docs/rule-tests.md), which start from `given`. A mistake in a test breaks that test only; one before the
 * first test breaks all, as what is there applies to all. What only follows from another mistake is not reported.
 */
export const parseRuleTests = (text: string, given: Given): RuleTestFile => {
  const problems: Problem[] = [];
  const complain = into(problems);
  const [head = [], ...bodies] = sections(readLines(text));
  const forAll = readOptions(head, given, complain);
  const stray = head.find(({ kind }) => kind !== 'option');
  if (stray !== undefined) {
    if (stray.kind !== 'unread') complain(stray.number, 'must not come before the first test');
  } else if (bodies.length === 0) complain(1, 'contains no test');
  if (bodies.length > maxTests) complain(1, `contains more than ${maxTests} tests`);
  return problems.length > 0
    ? { problems: inOrder(problems), tests: [] }
    : { problems, tests: bodies.map((body) => readTest(body, forAll)) };
};

/** The lines before the first test, then those of each test. */
const sections = (lines: readonly Line[]): readonly (readonly Line[])[] => {
  const all: Line[][] = [[]];
  for (const line of lines) {
    if (line.kind === 'test') all.push([]);
    all.at(-1)?.push(line);
  }
  return all;
};

const readTest = (body: readonly Line[], forAll: Given): E.Either<BrokenTest, RuleTest> => {
  const [title] = body;
  const line = title?.number ?? 1;
  const name = title?.kind === 'test' ? title.name : '';
  const problems: Problem[] = [];
  const complain = into(problems);
  if (name === '') complain(line, 'the test needs a name');
  const given = readOptions(body, forAll, complain);
  const test = { name, line, given, ...readDiagrams(body, given, line, complain) };
  return problems.length === 0 ? E.right(test) : E.left({ name, line, problems: inOrder(problems) });
};

/** The options among the lines. Complains about these and about `unread` lines. */
const readOptions = (lines: readonly Line[], given: Given, complain: Complain): Given => {
  const seen = new Set<string>();
  let result = given;
  for (const line of lines) {
    if (line.kind === 'unread') complain(line.number, line.detail);
    if (line.kind !== 'option') continue;
    const { number, key, text } = line;
    const read = seen.has(key) ? E.left('is given twice') : withOption(result, key, text);
    if (E.isRight(read)) result = read.right;
    else {
      complain(number, `${key}: ${read.left}`);
      // Or each topic would be a mistake, too.
      if (key === 'filters') result = { ...result, filters: ['#'] };
    }
    seen.add(key);
  }
  return result;
};

const into =
  (problems: Problem[]): Complain =>
  (line, detail) => {
    problems.push({ line, detail });
  };

const inOrder = (problems: readonly Problem[]): readonly Problem[] =>
  [...problems].sort((one, other) => one.line - other.line);
