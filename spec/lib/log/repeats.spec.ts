import { expect } from 'chai';
import fc from 'fast-check';
import { type LineKind, minuteMs, Repeats } from '../../../lib/log/repeats.js';

const kind = (name: string, free = 1, group = 'settled refused'): LineKind => ({ group, name, free });

/** What is written of lines that come: each as it is, or `count more: the latest`. */
const written = (
  lines: readonly { readonly at: number; readonly kind: LineKind; readonly line: string }[],
) => {
  const repeats = new Repeats<string>();
  const out: string[] = [];
  const sumUp = (at: number) => {
    for (const { latest, count } of repeats.due(at)) out.push(`${count} more: ${latest}`);
  };
  let now = 0;
  for (const { at, kind, line } of lines) {
    // As its timer does.
    for (; now < at; now += minuteMs) sumUp(now);
    sumUp(at);
    if (repeats.take(kind, line, at)) out.push(line);
  }
  sumUp(Number.POSITIVE_INFINITY);
  return out;
};

const eachSecond = (seconds: number, kindAt: (n: number) => LineKind) =>
  Array.from({ length: seconds }, (_, n) => ({ at: n * 1_000, kind: kindAt(n), line: `line ${n}` }));

describe('repeats of log lines', () => {
  it('are the first one at once, and one line a minute with their count and the latest', () => {
    expect(written(eachSecond(150, () => kind('int1')))).to.deep.equal([
      'line 0',
      '59 more: line 59',
      '60 more: line 119',
      '30 more: line 149',
    ]);
  });

  it('are told apart by group and by name', () => {
    const kinds = [kind('int1'), kind('int2'), kind('int1', 1, 'settled expired')];
    const lines = kinds.map((kind, n) => ({ at: n, kind, line: `line ${n}` }));
    expect(written(lines)).to.deep.equal(['line 0', 'line 1', 'line 2']);
  });

  it('are first ones again after a minute without any', () => {
    const at = (...times: readonly number[]) =>
      written(times.map((at, n) => ({ at, kind: kind('int1'), line: `line ${n}` })));
    expect(at(0, minuteMs - 1)).to.deep.equal(['line 0', '1 more: line 1']);
    expect(at(0, minuteMs)).to.deep.equal(['line 0', 'line 1']);
    expect(at(0, 1, minuteMs + 5, 4 * minuteMs)).to.deep.equal([
      'line 0',
      '1 more: line 1',
      '1 more: line 2',
      'line 3',
    ]);
  });

  it('are written as often as their kind may be within a minute', () => {
    expect(written(eachSecond(5, () => kind('', 3)))).to.deep.equal([
      'line 0',
      'line 1',
      'line 2',
      '2 more: line 4',
    ]);
  });

  it('of two kinds are told in the order of their latest ones', () => {
    const lines = eachSecond(7, (n) => kind(['a', 'b', 'b', 'a', 'b'][n] ?? 'a'));
    expect(written(lines)).to.deep.equal(['line 0', 'line 1', '2 more: line 4', '3 more: line 6']);
  });

  it('of ever new names are few lines, and hide no other group', () => {
    const hour = eachSecond(3_600, (n) => kind(`name ${n}`));
    const out = written([...hour, { at: 3_600_000, kind: kind('x', 1, 'settled expired'), line: 'other' }]);
    expect(out.length).to.be.at.most(60 + 60);
    expect(out).to.include('other');
  });

  it('lose none: each line is written or counted', () => {
    const line = fc.record({
      wait: fc.integer({ min: 0, max: 2 * minuteMs }),
      group: fc.constantFrom('a', 'b'),
      name: fc.integer({ min: 0, max: 20 }),
      free: fc.integer({ min: 1, max: 3 }),
    });
    fc.assert(
      fc.property(fc.array(line, { maxLength: 100 }), (all) => {
        let at = 0;
        const lines = all.map(({ wait, group, name, free }) => {
          at += wait;
          return { at, kind: kind(`${name}`, free, group), line: 'line' };
        });
        const counts = written(lines).map((each) => Number(/^(\d+) more/.exec(each)?.[1] ?? 1));
        expect(counts.reduce((sum, each) => sum + each, 0)).to.equal(lines.length);
      }),
    );
  });
});
