import * as E from 'fp-ts/lib/Either.js';
import { defaultGiven } from '../../lib/rule-test/given.js';
import { parseRuleTests } from '../../lib/rule-test/parse.js';
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
    const tests = parseRuleTests(input.toString(), defaultGiven);
    if (E.isLeft(tests)) {
      check(tests.left.length > 0, 'a problem');
      for (const { line, detail } of tests.left)
        check(line >= 1 && detail !== '', 'a line, and what is wrong with it');
      return;
    }
    for (const test of tests.right) {
      const { results } = runRuleTest(test);
      check(results.length <= test.publishes.length, 'one result for each message');
    }
  },
};
