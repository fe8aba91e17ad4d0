import { expect } from 'chai';
import fc from 'fast-check';
import { type EntryKind, Repeats } from '../../../lib/log/repeats.js';

const minuteMs = 60_000;

const kind = (name: string, free = 1, group = 'settled refused'): EntryKind => ({
  group,
  name,
  free,
  firstMs: minuteMs,
  longestMs: minuteMs,
  ends: [],
});

/** What is written for these lines: each one itself, or `count more: the latest`. */
const written = (
  lines: readonly { readonly at: number; readonly kind: EntryKind; readonly line: string }[],
) => {
  const repeats = new Repeats<string>();
  const out: string[] = [];
  const sumUp = (at: number) => {
    for (const { latest, count } of repeats.due(at)) out.push(`${count} more: ${latest}`);
  };
  let now = 0;
  for (const { at, kind, line } of lines) {
    // Sums up each minute, as the logger's timer does.
    for (; now < at; now += minuteMs) sumUp(now);
    sumUp(at);
    if (!repeats.take(kind, line, at)) continue;
    for (const { latest, count } of repeats.ended(kind, at)) out.push(`${count} more: ${latest}`);
    out.push(line);
  }
  sumUp(Number.POSITIVE_INFINITY);
  return out;
};

const eachSecond = (seconds: number, kindAt: (n: number) => EntryKind) =>
  Array.from({ length: seconds }, (_, n) => ({ at: n * 1_000, kind: kindAt(n), line: `line ${n}` }));

describe('Repeats', () => {
  it('writes the first entry at once, then one a minute with the count and the latest', () => {
    expect(written(eachSecond(150, () => kind('int1')))).to.deep.equal([
      'line 0',
      '59 more: line 59',
      '60 more: line 119',
      '30 more: line 149',
    ]);
  });

  it('distinguishes kinds by group and name', () => {
    const kinds = [kind('int1'), kind('int2'), kind('int1', 1, 'settled expired')];
    const lines = kinds.map((kind, n) => ({ at: n, kind, line: `line ${n}` }));
    expect(written(lines)).to.deep.equal(['line 0', 'line 1', 'line 2']);
  });

  it('writes an entry at once again after a minute without any', () => {
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

  it('writes as many entries of a kind within a minute as are free', () => {
    expect(written(eachSecond(5, () => kind('', 3)))).to.deep.equal([
      'line 0',
      'line 1',
      'line 2',
      '2 more: line 4',
    ]);
  });

  it('sums up less and less often while a kind repeats that may', () => {
    const trouble = { ...kind('', 2), longestMs: 5 * minuteMs };
    const times = written(eachSecond(1_200, () => trouble)).map((line) => Number(/(\d+)$/.exec(line)?.[1]));
    expect(times).to.deep.equal([0, 1, 60, 180, 420, 720, 1_020, 1_199]);
  });

  it('writes an entry at once after a time without any, however seldom it was summed up before', () => {
    const trouble = { ...kind(''), longestMs: 60 * minuteMs };
    const hour = eachSecond(3_600, () => trouble);
    const later = [3_800_000, 3_800_001].map((at) => ({ at, kind: trouble, line: `at ${at}` }));
    expect(written([...hour, ...later]).slice(-3)).to.deep.equal([
      '1740 more: line 3599',
      'at 3800000',
      '1 more: at 3800001',
    ]);
  });

  it('sums up a trouble before the entry that ends it, and then writes it at once again', () => {
    const lost = { ...kind('', 1, 'lost'), firstMs: 5 * minuteMs, longestMs: 60 * minuteMs };
    const back = { ...kind('', 10, 'back'), ends: ['lost'] };
    const kinds = [lost, lost, lost, kind('int1'), back, lost, lost, back];
    expect(written(kinds.map((kind, n) => ({ at: n, kind, line: `line ${n}` })))).to.deep.equal([
      'line 0',
      'line 3',
      '2 more: line 2',
      'line 4',
      'line 5',
      '1 more: line 6',
      'line 7',
    ]);
  });

  it('sums up a trouble no later than what ends it', () => {
    const lost = { ...kind('', 1, 'lost'), firstMs: 5 * minuteMs, longestMs: 60 * minuteMs };
    const back = { ...kind('', 1, 'back'), ends: ['lost'] };
    const all = eachSecond(121, (n) => (n % 2 === 0 ? lost : back));
    expect(written(all).slice(0, 5)).to.deep.equal([
      'line 0',
      'line 1',
      'line 2',
      '29 more: line 59',
      '29 more: line 60',
    ]);
  });

  it('sums up two kinds in the order of their latest entries', () => {
    const lines = eachSecond(7, (n) => kind(['a', 'b', 'b', 'a', 'b'][n] ?? 'a'));
    expect(written(lines)).to.deep.equal(['line 0', 'line 1', '2 more: line 4', '3 more: line 6']);
  });

  it('writes few entries for ever new names, and hides no other group', () => {
    const hour = eachSecond(3_600, (n) => kind(`name ${n}`));
    const out = written([...hour, { at: 3_600_000, kind: kind('x', 1, 'settled expired'), line: 'other' }]);
    expect(out.length).to.be.at.most(60 + 60);
    expect(out).to.include('other');
  });

  it('writes or counts each entry', () => {
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
