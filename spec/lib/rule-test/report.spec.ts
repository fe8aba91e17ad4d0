import { assert, expect } from 'chai';
import fc from 'fast-check';
import { SaxesParser, type SaxesTagNS } from 'saxes';
import { junit } from '../../../lib/rule-test/junit.js';
import { fileLines, summary } from '../../../lib/rule-test/report.js';
import type { FileResult } from '../../../lib/rule-test/results.js';
import type { Verdict } from '../../../lib/rule-test/verdict.js';
import { hostileText, steering } from '../../support/hostile-text.js';

const plain = { good: (text: string) => text, bad: (text: string) => text };
const failed: Verdict = { kind: 'failed', headline: 'at 0s: a & b', lines: ['  -a<', '  -b"'] };
const mixed: FileResult = {
  file: 'a.test',
  problems: [],
  tests: [
    { test: { name: 'one', line: 1 }, verdict: { kind: 'passed' } },
    { test: { name: 'two', line: 5 }, verdict: failed },
    { test: { name: 'three', line: 9 }, verdict: { kind: 'passed' } },
  ],
};
const brokenTest: FileResult = {
  ...mixed,
  tests: [{ test: { name: 'two', line: 5 }, verdict: { kind: 'broken', problems: ['a.test:6: x'] } }],
};
const broken: FileResult = { file: 'b.test', problems: ['b.test:3: x', 'b.test:4: y'], tests: [] };

const verdicts = fc.oneof(
  fc.constant<Verdict>({ kind: 'passed' }),
  fc.record({ kind: fc.constant('broken' as const), problems: fc.array(hostileText) }),
  fc.record({ kind: fc.constant('failed' as const), headline: hostileText, lines: fc.array(hostileText) }),
);
const results = fc.array(
  fc.record({
    file: hostileText,
    problems: fc.array(hostileText, { maxLength: 2 }),
    tests: fc.array(fc.record({ test: fc.record({ name: hostileText, line: fc.nat() }), verdict: verdicts })),
  }),
  { maxLength: 3 },
);

/** The elements of a document, with their attributes; throws if it is not well-formed. */
const elementsOf = (xml: string): readonly SaxesTagNS[] => {
  const parser = new SaxesParser({ xmlns: true });
  const elements: SaxesTagNS[] = [];
  parser.on('opentag', (tag) => elements.push(tag));
  parser.on('error', (error) => {
    throw error;
  });
  parser.write(xml).close();
  return elements;
};

describe('the report of rule tests', () => {
  it('has a line for each test, and the diagram of each failed one', () => {
    expect(fileLines(mixed, plain)).to.deep.equal([
      'a.test',
      '  ok      one',
      '  not ok  two (a.test:5)',
      '',
      '      -a<',
      '      -b"',
      '',
      '  ok      three',
      '',
    ]);
  });

  it('lists the problems of a file, up to 20', () => {
    expect(fileLines(broken, plain)).to.deep.equal([
      'b.test',
      '  not ok  the file is broken',
      '    b.test:3: x',
      '    b.test:4: y',
      '',
    ]);
    expect(fileLines(brokenTest, plain)).to.deep.equal(['a.test', '  broken  two', '    a.test:6: x', '']);
    const many = { ...broken, problems: Array.from({ length: 25 }, (_, at) => `p${at}`) };
    expect(fileLines(many, plain).slice(-3)).to.deep.equal(['    p19', '    and 5 more', '']);
  });

  it('has a summary', () => {
    expect(summary([mixed])).to.equal('3 tests: 2 ok, 1 not ok');
    expect(summary([mixed, broken])).to.equal('3 tests: 2 ok, 1 not ok, 1 broken file');
    expect(summary([brokenTest])).to.equal('1 test: 0 ok, 0 not ok, 1 broken');
    expect(summary([broken, broken])).to.equal('0 tests: 0 ok, 0 not ok, 2 broken files');
  });

  it('is safe on a terminal, whatever the names and the lines contain', () => {
    fc.assert(
      fc.property(results, (all) => {
        for (const each of all) {
          for (const line of fileLines(each, plain)) assert.deepEqual(steering(line), []);
        }
      }),
    );
  });
});

describe('junit', () => {
  it('has a suite for each file, a case for each test, and its failures', () => {
    const xml = junit([mixed, broken]);
    expect(elementsOf(xml).map(({ name }) => name)).to.deep.equal([
      'testsuites',
      'testsuite',
      'testcase',
      'testcase',
      'failure',
      'testcase',
      'testsuite',
      'testcase',
      'error',
    ]);
    expect(xml).to.contain('<testsuites name="cvmqtt test" tests="4" failures="1" errors="1">');
    expect(xml).to.contain('<testsuite name="a.test" tests="3" failures="1" errors="0">');
    expect(xml).to.contain('<testsuite name="b.test" tests="1" failures="0" errors="1">');
    expect(xml).to.contain('<testcase classname="a.test" name="two" line="5">');
    expect(xml).to.contain('<failure message="at 0s: a &amp; b">  -a&lt;\n  -b&quot;</failure>');
    expect(xml).to.contain('<error message="b.test:3: x">b.test:3: x\nb.test:4: y</error>');
  });

  it('has an error for a broken test', () => {
    const xml = junit([brokenTest]);
    expect(xml).to.contain('<testsuites name="cvmqtt test" tests="1" failures="0" errors="1">');
    expect(xml).to.contain('name="two" line="5">\n      <error message="a.test:6: x">a.test:6: x</error>');
  });

  it('is well-formed, whatever the names and the lines contain', () => {
    fc.assert(
      fc.property(results, (all) => {
        const elements = elementsOf(junit(all));
        const cases = all.reduce(
          (sum, { problems, tests }) => sum + tests.length + Math.min(1, problems.length),
          0,
        );
        assert.equal(elements.filter(({ name }) => name === 'testcase').length, cases);
      }),
    );
  });
});
