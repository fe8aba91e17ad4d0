import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import { defaultGiven } from '../../../lib/rule-test/given.js';
import { parseRuleTests } from '../../../lib/rule-test/parse.js';
import type { Problem } from '../../../lib/rule-test/problem.js';
import { ruleTestsIn } from '../../support/rule-tests.js';

/** All problems of a file and of its tests. */
const problemsIn = (text: string): readonly Problem[] => {
  const { problems, tests } = parseRuleTests(text, defaultGiven);
  return [...problems, ...tests.flatMap((test) => (E.isLeft(test) ? test.left.problems : []))];
};

const whole = `test t
  publish   -a-
  set       -y-
  notified  -a-
  a = int1-x
  y = int1`;

/** `whole` with a line in place of another. */
const changed = (line: number, text: string): string =>
  whole
    .split('\n')
    .map((each, at) => (at === line - 1 ? text : each))
    .join('\n');

describe('parseRuleTests', () => {
  it('reads a test', () => {
    const [test] = ruleTestsIn(whole);
    expect(test).to.deep.include({
      name: 't',
      line: 1,
      given: defaultGiven,
      length: 3,
      manners: [],
      expected: [{ frame: 1, letter: 'a', result: 'notified' }],
      sets: [{ frame: 1, set: new Map([['int1', { name: 'int1' }]]) }],
    });
    expect(test?.publishes).to.have.lengthOf(1);
  });

  it('merges what is set for all tests with what a test sets', () => {
    const all =
      'frame 5s\nsettings {"hold_max_messages": 1, "retry_max_ms": 200}\nmq {"external_integrations": true}\n';
    const own =
      'settings {"retry_max_ms": 300}\nmq {"msgs_via_notifier": false}\nfilters a/# b/#\nregistered int9';
    const [one, other] = ruleTestsIn(`${all}${whole}\n${own}\n${whole}`);
    expect(one?.given).to.deep.include({
      frameMs: 5_000,
      cvmain: { address: '127.0.0.1:7777', viaNotifier: false, toExternal: true },
      filters: ['a/#', 'b/#'],
      registered: new Map([['int9', { name: 'int9' }]]),
    });
    expect(one?.given.settings).to.include({ hold_max_messages: 1, retry_max_ms: 300 });
    expect(other?.given.settings).to.include({ hold_max_messages: 1, retry_max_ms: 200 });
    expect(other?.given.filters).to.deep.equal(defaultGiven.filters);
  });

  it('reads several rows as one diagram', () => {
    const [test] = ruleTestsIn(`${whole}\n  publish   ---b\n  publish   --b-\n  b = int1-y`);
    expect(test?.publishes.map(({ frame, letter }) => `${letter}${frame}`)).to.deep.equal(['a1', 'b2', 'b3']);
  });

  it('accepts Windows line ends, comments and blank lines', () => {
    expect(ruleTestsIn(`# c\r\n\r\n  # d\r\n${whole.replaceAll('\n', '\r\n')}\r\n`)).to.have.lengthOf(1);
  });

  for (const [text, line, detail] of [
    ['', 1, 'contains no test'],
    [`frame 0s\n${whole}`, 1, 'frame: must be from 1ms to 1d, in whole milliseconds'],
    [`frame 2d\n${whole}`, 1, 'frame: must be from 1ms to 1d, in whole milliseconds'],
    [`frame 1\n${whole}`, 1, 'frame: "1" is not a duration such as 500ms, 90s or 1h30m'],
    [`frame 1s\nframe 1s\n${whole}`, 2, 'frame: is given twice'],
    [
      `settings {"hold_unregistred_ms": 1}\n${whole}`,
      1,
      'settings: has the unknown field hold_unregistred_ms (did you mean hold_unregistered_ms?)',
    ],
    [`settings {"__proto__": {"keepalive_s": 9}}\n${whole}`, 1, 'settings: has the unknown field __proto__'],
    [
      `mq {"__proto__": {"external_integrations": true}}\n${whole}`,
      1,
      'mq: has the unknown field __proto__: the fields are msgs_via_notifier and external_integrations',
    ],
    [`settings 5\n${whole}`, 1, 'settings: expected an object, found a number'],
    [`settings {\n${whole}`, 1, 'settings: is not JSON, line 1'],
    [
      `mq {"external": true}\n${whole}`,
      1,
      'mq: has the unknown field external: the fields are msgs_via_notifier and external_integrations',
    ],
    [`filters a#\n${whole}`, 1, 'filters: must be valid topic filters, separated by spaces'],
    [`filters\n${whole}`, 1, 'filters: must be valid topic filters, separated by spaces'],
    [
      `registered int1@\n${whole}`,
      1,
      'registered: "int1@" is not an integration such as int1 or int2@10.0.0.2:6002',
    ],
    [`publish -a\n  publish b\n${whole}`, 1, 'must not come before the first test'],
    [changed(1, 'test'), 1, 'the test needs a name'],
    [whole.split('\n').slice(1).join('\n'), 1, 'must not come before the first test'],
    [changed(1, 'tes t'), 1, '"tes" is not a keyword of rule tests (did you mean test?)'],
    [`${whole}\ntes u\n${whole}`, 7, '"tes" is not a keyword of rule tests (did you mean test?)'],
    [`setings {}\n${whole}`, 1, '"setings" is not a keyword of rule tests (did you mean settings?)'],
    [
      changed(5, '  filters a#\n  a = topic b/c int1-x'),
      5,
      'filters: must be valid topic filters, separated by spaces',
    ],
    [changed(2, '  publsh    -a-'), 2, '"publsh" is not a keyword of rule tests (did you mean publish?)'],
    [changed(2, '  publish\t-a-'), 2, 'contains a tab: align diagrams with spaces'],
    [changed(2, '  publish   ---'), 1, 'nothing is published'],
    [changed(2, '  publish   -a-+'), 2, 'publish: column 4: "+" is not allowed here'],
    [changed(2, '  publish   -ab'), 2, 'b has no value: a line "b = …" is missing'],
    [changed(2, '  publish   -ay'), 1, 'y is both a message and a set'],
    [
      changed(3, '  set        -y-'),
      3,
      'set: the diagram begins in column 14 of the line, that of publish (line 2) in column 13',
    ],
    [
      changed(2, '  publish    -a-'),
      2,
      'publish: the diagram begins in column 14 of the line, that of set (line 3) in column 13',
    ],
    [changed(3, '  set'), 3, 'set: the diagram is empty'],
    [changed(3, '  set       y|'), 2, 'publish: the test ends in column 2, where set (line 3) has "|"'],
    [
      changed(3, '  set       -y-|\n  cvmain    --|'),
      4,
      'cvmain: the test ends in column 4, where set (line 3) has "|"',
    ],
    [changed(3, '  set       -y-\n  cvmain    -9-0'), 4, 'cvmain: column 4: "0" is not allowed here'],
    [changed(4, '  notified  -b-'), 4, 'b is not published'],
    [`${whole}\n  expired   -b-\n  refused   --b\n  b = int1-y`, 7, 'b is not published'],
    [changed(2, '  publish   -ab\n  publish   ---b'), 2, 'b has no value: a line "b = …" is missing'],
    [changed(4, '  spooled   -a-'), 4, '"spooled" is not a keyword of rule tests'],
    [changed(5, '  a = qos 3'), 5, 'a: qos must be 0 or 1, as cvmqtt subscribes with 1'],
    [changed(6, '  y = int1,'), 6, 'y: "" is not an integration such as int1 or int2@10.0.0.2:6002'],
    [changed(6, '  yy = int1'), 6, '"yy" is not a keyword of rule tests'],
    [`${whole}\n  b = int1-y`, 7, 'b is in no diagram'],
    [`${whole}\n  a = int1-y`, 7, 'a has a value already'],
    [`${whole}\n  a=`, 7, 'a has a value already'],
    [`${whole}\n${`  publish   (${'a'.repeat(900)})\n`.repeat(3)}`, 1, 'the test has more than 2000 marks'],
    [`${whole}\n`.repeat(1_001), 1, 'contains more than 1000 tests'],
  ] as const) {
    it(`reports with the line: ${detail}`, () => {
      expect(problemsIn(text)).to.deep.equal([{ line, detail }]);
    });
  }

  it('reports all problems, in order of lines', () => {
    const text = `${changed(4, '  notified  -b-')}\n  frame\n  c = int1-y\n  words`;
    expect(problemsIn(text).map(({ line }) => line)).to.deep.equal([4, 7, 8, 9]);
  });

  it('reads the other tests of a file with a broken one', () => {
    const broken = changed(3, '  set        -y-');
    const { problems, tests } = parseRuleTests(`${whole}\n${broken}\n${whole}`, defaultGiven);
    expect(problems).to.deep.equal([]);
    expect(tests.map(E.isRight)).to.deep.equal([true, false, true]);
    expect(tests[1]).to.have.nested.property('left.line', 7);
  });

  it('reads no test of a file whose options are wrong, as they apply to all', () => {
    expect(parseRuleTests(`frame 0s\n${whole}`, defaultGiven).tests).to.deep.equal([]);
  });
});
