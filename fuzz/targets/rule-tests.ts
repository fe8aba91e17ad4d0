import * as E from 'fp-ts/lib/Either.js';
import { defaultGiven } from '../../lib/rule-test/given.js';
import { parseRuleTests } from '../../lib/rule-test/parse.js';
import type { Problem } from '../../lib/rule-test/problem.js';
import { runRuleTest } from '../../streams/programs/rule-test.js';
import { check, type Target } from '../target.js';
import { mutateText } from '../text.js';

const text = `# What this unit must do.
frame       1s
registered  int1, int2@10.0.0.2:6002

test a message for a registered app is notified
  settings {"hold_unregistered_ms": 5000}
  publish         -a--b----------
  set             --y--n---------
  cvmain          +x~?1----------
  notified        -a-------------
  malformed-name  ----b----------
  a = int1-open-door {"body": "there"}
  b = reboot
  y = int3
  n =
`;

/** Rule tests as people write them: read, and run in virtual time. */
export const ruleTests: Target = {
  name: 'rule tests',
  make: () => Buffer.from(text),
  mutate: mutateText,
  run: (input) => {
    const { problems, tests } = parseRuleTests(input.toString(), defaultGiven);
    checkProblems(problems);
    check(problems.length > 0 || tests.length > 0, 'a problem, or a test');
    for (const test of tests) {
      if (E.isRight(test)) {
        const { results } = runRuleTest(test.right);
        check(results.length <= test.right.publishes.length, 'one result for each message');
      } else {
        check(test.left.problems.length > 0, 'a problem');
        checkProblems(test.left.problems);
      }
    }
  },
};

const checkProblems = (problems: readonly Problem[]): void => {
  for (const { line, detail } of problems)
    check(line >= 1 && detail !== '', 'a line, and what is wrong with it');
};
