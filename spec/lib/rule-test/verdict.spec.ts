import { assert, expect } from 'chai';
import fc from 'fast-check';
import { defaultGiven } from '../../../lib/rule-test/given.js';
import { ends } from '../../../lib/rule-test/lines.js';
import { parseRuleTests } from '../../../lib/rule-test/parse.js';
import type { Ended } from '../../../lib/rule-test/rule-test.js';
import { verdict } from '../../../lib/rule-test/verdict.js';
import { rightOf } from '../../support/either.js';

const testOf = (text: string) => {
  const [test] = rightOf(parseRuleTests(`test t\n${text}\na = int1-x\nb = int1-y\n`, defaultGiven));
  if (test === undefined) throw new Error('no test');
  return test;
};

const linesOf = (text: string, ended: readonly Ended[]): readonly string[] => {
  const result = verdict(testOf(text), { ended, endless: false });
  if (result.kind === 'passed') throw new Error('it passed');
  return result.lines;
};

const notified = (frame: number, letter: string): Ended => ({ frame, letter, end: 'notified' });

describe('verdict', () => {
  it('shows what was expected above what was found, a mark below the first difference, and both in words', () => {
    const ended = [
      notified(2, 'b'),
      { frame: 2, letter: 'a', end: 'expired', detail: 'its time is over' },
      notified(3, 'a'),
    ] as const;
    expect(linesOf('publish  -(ab)-----\ncvmain   -x\nnotified -ab', ended)).to.deep.equal([
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

  it('shows what is the same in both once', () => {
    const ended = [{ frame: 1, letter: 'a', end: 'refused' }, notified(2, 'b')] as const;
    expect(linesOf('publish  ab-\nrefused  -a-\nnotified ---', ended).slice(2, 5)).to.deep.equal([
      'notified expected  ---',
      'notified found     --b',
      'refused            -a-',
    ]);
  });

  it('says all that was expected and found in that frame', () => {
    const ended = [
      notified(0, 'b'),
      { frame: 0, letter: 'a', end: 'expired', detail: 'its time is over' },
    ] as const;
    const text = 'publish  (ab)\nnotified (ab)';
    expect(linesOf(text, ended).slice(-5)).to.deep.equal([
      'the first difference is at 0s (column 1):',
      '  expected  a notified',
      '            b notified',
      '  found     b notified',
      '            a expired: its time is over',
    ]);
    expect(verdict(testOf(text), { ended, endless: false })).to.include({
      headline: 'at 0s (column 1): expected a notified, b notified, found b notified, a expired',
    });
  });

  it('takes a row more where marks have no room', () => {
    const ended = [notified(1, 'a'), notified(1, 'b'), notified(2, 'a')];
    expect(linesOf('publish  ab--\nnotified -(ab)', ended).slice(2, -3)).to.deep.equal([
      'notified expected  -(ab)',
      'notified found     -(ab)',
      'notified found     --a--',
      '                     ^',
    ]);
  });

  it('shows the part around the first difference where it is far away, as wide as a terminal', () => {
    const ended = [notified(1, 'a'), notified(3_601, 'a'), notified(3_603, 'b')];
    const [axis, ...rows] = linesOf('publish  ab\nnotified -a', ended);
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

  it('gives times room', () => {
    const [axis] = linesOf(`frame 61001ms\npublish  ab${'-'.repeat(40)}\nnotified --`, [notified(3, 'a')]);
    expect(axis).to.equal('                   0s                  20m20s20ms          40m40s40ms');
  });

  it('takes the order in which messages end in the same way as part of the test', () => {
    expect(linesOf('publish  (ab)\nnotified (ab)', [notified(0, 'b'), notified(0, 'a')])).to.include(
      '  expected  a notified',
    );
  });

  it('has not passed where the run was stopped', () => {
    const result = verdict(testOf('publish ab'), { ended: [], endless: true });
    expect(result).to.include({ kind: 'failed', headline: 'it goes on without end: let it end with "|"' });
  });

  it('passes exactly what is the same, by frame', () => {
    const ended = fc.array(
      fc.record({
        frame: fc.nat(3),
        letter: fc.constantFrom('a', 'b'),
        end: fc.constantFrom(...ends.slice(0, 3)),
      }),
      { maxLength: 5 },
    );
    const test = testOf('publish ab');
    /** In each frame, who ended how, in order of the ways. */
    const shown = (all: readonly Ended[]): readonly string[] =>
      [0, 1, 2, 3].flatMap((frame) =>
        ends.map((end) =>
          all.flatMap((each) => (each.frame === frame && each.end === end ? [each.letter] : [])).join(''),
        ),
      );
    fc.assert(
      fc.property(ended, ended, (one, other) => {
        const passed = (expected: readonly Ended[], found: readonly Ended[]): boolean =>
          verdict({ ...test, expected }, { ended: found, endless: false }).kind === 'passed';
        assert.equal(passed(one, one), true);
        assert.equal(passed(one, other), JSON.stringify(shown(one)) === JSON.stringify(shown(other)));
      }),
    );
  });
});
