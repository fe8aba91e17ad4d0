import { assert, expect } from 'chai';
import fc from 'fast-check';
import { resultKeys } from '../../../lib/rule-test/lines.js';
import type { MessageResult } from '../../../lib/rule-test/rule-test.js';
import { verdict } from '../../../lib/rule-test/verdict.js';
import { ruleTestsIn } from '../../support/rule-tests.js';

const testOf = (text: string) => {
  const [test] = ruleTestsIn(`test t\n${text}\na = int1-x\nb = int1-y\n`);
  if (test === undefined) throw new Error('no test');
  return test;
};

const linesOf = (text: string, results: readonly MessageResult[]): readonly string[] => {
  const result = verdict(testOf(text), { results, endless: false });
  if (result.kind === 'passed') throw new Error('it passed');
  return result.lines;
};

const notified = (frame: number, letter: string): MessageResult => ({ frame, letter, result: 'notified' });

describe('verdict', () => {
  it('shows the expected above the found diagram, a mark below the first difference, and both in words', () => {
    const results = [
      notified(2, 'b'),
      { frame: 2, letter: 'a', result: 'expired', detail: 'its time is over' },
      notified(3, 'a'),
    ] as const;
    expect(linesOf('publish  -(ab)-----\ncvmain   -x\nnotified -ab', results)).to.deep.equal([
      '                   0s',
      'publish            -(ab)-----',
      'cvmain             -x',
      'notified expected  -ab-------',
      'notified found     --ba------',
      'expired expected   ----------',
      'expired found      --a-------',
      '                    ^',
      'the first difference is at 1s (column 2):',
      '  expected  a notified',
      '  found     nothing',
    ]);
  });

  it('shows equal diagrams once', () => {
    const results = [{ frame: 1, letter: 'a', result: 'refused' }, notified(2, 'b')] as const;
    expect(linesOf('publish  ab-\nrefused  -a-\nnotified ---', results).slice(2, 5)).to.deep.equal([
      'notified expected  ---',
      'notified found     --b',
      'refused            -a-',
    ]);
  });

  it('lists everything expected and found in that frame', () => {
    const results = [
      notified(0, 'b'),
      { frame: 0, letter: 'a', result: 'expired', detail: 'its time is over' },
    ] as const;
    const text = 'publish  (ab)\nnotified (ab)';
    expect(linesOf(text, results).slice(-5)).to.deep.equal([
      'the first difference is at 0s (column 1):',
      '  expected  a notified',
      '            b notified',
      '  found     b notified',
      '            a expired: its time is over',
    ]);
    expect(verdict(testOf(text), { results, endless: false })).to.include({
      headline: 'at 0s (column 1): expected a notified, b notified, found b notified, a expired',
    });
  });

  it('takes another row if marks have no room', () => {
    const results = [notified(1, 'a'), notified(1, 'b'), notified(2, 'a')];
    expect(linesOf('publish  ab--\nnotified -(ab)', results).slice(2, -3)).to.deep.equal([
      'notified expected  -(ab)',
      'notified found     -(ab)',
      'notified found     --a--',
      '                     ^',
    ]);
  });

  it('shows the part around a distant first difference, as wide as a terminal', () => {
    const results = [notified(1, 'a'), notified(3_601, 'a'), notified(3_603, 'b')];
    const [axis, ...rows] = linesOf('publish  ab\nnotified -a', results);
    expect(axis).to.equal(`${' '.repeat(28)}59m20s    59m30s    59m40s    59m50s    1h`);
    expect(rows.slice(0, 5)).to.deep.equal([
      'publish',
      `notified expected  ${'-'.repeat(53)}`,
      `notified found     ${'-'.repeat(50)}a-b`,
      `${' '.repeat(19 + 50)}^`,
      'the first difference is at 1h1s (column 3602):',
    ]);
  });

  it('shows the beginning of long diagrams that differ there', () => {
    const [, , expected] = linesOf(`publish  ab${'-'.repeat(500)}\nnotified ----${'-'.repeat(400)}a`, [
      notified(3, 'a'),
    ]);
    expect(expected).to.equal(`notified expected  ${'-'.repeat(100)}`);
  });

  it('leaves room for times', () => {
    const [axis] = linesOf(`frame 61001ms\npublish  ab${'-'.repeat(40)}\nnotified --`, [notified(3, 'a')]);
    expect(axis).to.equal('                   0s                  20m20s20ms          40m40s40ms');
  });

  it('compares the order in which messages get the same result', () => {
    expect(linesOf('publish  (ab)\nnotified (ab)', [notified(0, 'b'), notified(0, 'a')])).to.include(
      '  expected  a notified',
    );
  });

  it('fails if the run was stopped', () => {
    const result = verdict(testOf('publish ab'), { results: [], endless: true });
    expect(result).to.include({ kind: 'failed', headline: 'the run does not end: end it with "|"' });
  });

  it('passes exactly if the results are the same in each frame', () => {
    const results = fc.array(
      fc.record({
        frame: fc.nat(3),
        letter: fc.constantFrom('a', 'b'),
        result: fc.constantFrom(...resultKeys.slice(0, 3)),
      }),
      { maxLength: 5 },
    );
    const test = testOf('publish ab');
    /** For each frame and result, the letters in order. */
    const shown = (all: readonly MessageResult[]): readonly string[] =>
      [0, 1, 2, 3].flatMap((frame) =>
        resultKeys.map((result) =>
          all
            .flatMap((each) => (each.frame === frame && each.result === result ? [each.letter] : []))
            .join(''),
        ),
      );
    fc.assert(
      fc.property(results, results, (one, other) => {
        const passed = (expected: readonly MessageResult[], found: readonly MessageResult[]): boolean =>
          verdict({ ...test, expected }, { results: found, endless: false }).kind === 'passed';
        assert.equal(passed(one, one), true);
        assert.equal(passed(one, other), JSON.stringify(shown(one)) === JSON.stringify(shown(other)));
      }),
    );
  });
});
