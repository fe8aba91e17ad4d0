import { defaultGiven, type Given } from '../../lib/rule-test/given.js';
import { parseRuleTests } from '../../lib/rule-test/parse.js';
import type { RuleTest } from '../../lib/rule-test/rule-test.js';
import { rightOf } from './either.js';

/** The tests of a text, none of which may be broken. */
export const ruleTestsIn = (text: string, given: Given = defaultGiven): readonly RuleTest[] => {
  const { problems, tests } = parseRuleTests(text, given);
  const [problem] = problems;
  if (problem !== undefined) throw new Error(`line ${problem.line}: ${problem.detail}`);
  return tests.map(rightOf);
};
