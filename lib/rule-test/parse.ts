import * as E from 'fp-ts/lib/Either.js';
import { type Given, withOption } from './given.js';
import { type Line, readLines } from './lines.js';
import type { Complain, Problem } from './problem.js';
import { readDiagrams } from './read-diagrams.js';
import type { RuleTest } from './rule-test.js';

/** The maximum number of tests in a file. */
const maxTests = 1_000;

/**
 * Parses rule tests (docs/rule-tests.md), which start from `given`. Left: all problems, in order of lines; then no test is
 * run.
 */
export const parseRuleTests = (
  text: string,
  given: Given,
): E.Either<readonly Problem[], readonly RuleTest[]> => {
  const problems: Problem[] = [];
  const complain: Complain = (line, detail) => {
    problems.push({ line, detail });
  };
  const [head = [], ...bodies] = sections(readLines(text, complain));
  const forAll = readOptions(head, given, complain);
  for (const { kind, number } of head) {
    if (kind !== 'option') complain(number, 'must not come before the first test');
  }
  if (bodies.length === 0) complain(1, 'contains no test');
  if (bodies.length > maxTests) complain(1, `contains more than ${maxTests} tests`);
  const tests = bodies.map((body) => readTest(body, forAll, complain));
  return problems.length === 0
    ? E.right(tests)
    : E.left(problems.sort((one, other) => one.line - other.line));
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

const readTest = (body: readonly Line[], forAll: Given, complain: Complain): RuleTest => {
  const [title] = body;
  const line = title?.number ?? 1;
  const name = title?.kind === 'test' ? title.name : '';
  if (name === '') complain(line, 'the test needs a name');
  const given = readOptions(body, forAll, complain);
  return { name, line, given, ...readDiagrams(body, given, line, complain) };
};

const readOptions = (lines: readonly Line[], given: Given, complain: Complain): Given => {
  const seen = new Set<string>();
  let result = given;
  for (const line of lines) {
    if (line.kind !== 'option') continue;
    const { number, key, text } = line;
    const read = seen.has(key) ? E.left('is given twice') : withOption(result, key, text);
    if (E.isRight(read)) result = read.right;
    else complain(number, `${key}: ${read.left}`);
    seen.add(key);
  }
  return result;
};
