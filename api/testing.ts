/**
 * For tests of what is built on the pipeline: RxJS in virtual time, and rule tests as text (docs/rule-tests.md). The types of
 * `cvmqtt/rules` are exported here, too.
 */
export { defaultGiven, type Given } from '../lib/rule-test/given.js';
export { type BrokenTest, parseRuleTests, type RuleTestFile } from '../lib/rule-test/parse.js';
export type { Problem } from '../lib/rule-test/problem.js';
export type { Sent } from '../lib/rule-test/publish-value.js';
export type { MessageResult, RuleTest, Run } from '../lib/rule-test/rule-test.js';
export { type Verdict, verdict } from '../lib/rule-test/verdict.js';
export { runRuleTest } from '../streams/programs/rule-test.js';
export { marbles } from '../streams/testing/marbles.js';
export type * from './rules.js';
