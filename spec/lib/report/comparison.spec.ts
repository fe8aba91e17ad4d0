import { expect } from 'chai';
import { arrivals, Comparison, comparisonSummary, type End } from '../../../lib/report/comparison.js';

const ended = (key: string, end: End['end'], atMs = 0): End => ({
  atMs,
  receivedAt: atMs,
  key,
  topic: 't',
  end,
  tookMs: 0,
});

const compared = (first: readonly End[], second: readonly End[]): readonly string[] => {
  const comparison = new Comparison();
  const [idOfFirst, idOfSecond] = [arrivals(), arrivals()];
  for (const each of first) comparison.first(idOfFirst(each.key), each);
  for (const each of second) comparison.second(idOfSecond(each.key), each);
  return comparison
    .result()
    .map(
      (each) => `${(each.first ?? each.second)?.key}: ${each.first?.end ?? '-'} ${each.second?.end ?? '-'}`,
    );
};

describe('Comparison', () => {
  it('has what ends otherwise, in order of arrival', () => {
    const first = [ended('a', 'notified', 1), ended('b', 'expired', 2), ended('c', 'unregistered', 3)];
    const second = [ended('c', 'notified', 3), ended('b', 'expired', 2), ended('a', 'overflow', 1)];
    expect(compared(first, second)).to.deep.equal(['a: notified overflow', 'c: unregistered notified']);
    expect(compared(first, first)).to.deep.equal([]);
  });

  it('compares equal messages by their order', () => {
    const first = [ended('a', 'expired', 1), ended('a', 'notified', 2)];
    expect(compared(first, [ended('a', 'expired', 1), ended('a', 'refused', 2)])).to.deep.equal([
      'a: notified refused',
    ]);
  });

  it('has what is in one run only', () => {
    expect(compared([ended('a', 'expired', 2)], [ended('b', 'notified', 1)])).to.deep.equal([
      'b: - notified',
      'a: expired -',
    ]);
  });

  it('is summed up by both ends, most first', () => {
    const [a, b, c] = [ended('a', 'notified'), ended('b', 'expired'), ended('c', 'expired')];
    const otherwise = [
      { first: a, second: b },
      { first: b, second: a },
      { first: c, second: a },
      { first: c },
    ];
    expect(comparisonSummary(otherwise, 9)).to.equal(
      '4 of 9 messages end otherwise: 2 expired → notified, 1 notified → expired, 1 expired → missing',
    );
    expect(comparisonSummary([], 1)).to.equal('0 of 1 message ends otherwise');
    expect(comparisonSummary([{ second: a }], 0)).to.equal(
      '1 of 1 message ends otherwise: 1 missing → notified',
    );
  });
});
