import { assert } from 'chai';
import fc from 'fast-check';
import {
  covers,
  isTopicFilter,
  matches,
  minimalCover,
  nameLevel,
  overlap,
  topicFilter,
} from '../../../../lib/rules/message/topic-filter.js';

const level = fc.constantFrom('', 'a', 'b', '$SYS', 'a$', 'é');
const filterLevel = fc.oneof({ weight: 2, arbitrary: level }, fc.constantFrom('+', '#', 'a+', '#b'));
const levels = (each: fc.Arbitrary<string>) => fc.array(each, { minLength: 1, maxLength: 4 });
const topics = levels(level).map((each) => each.join('/'));
const filters = levels(filterLevel).map((each) => each.join('/'));
const validFilters = filters.filter(isTopicFilter);

describe('isTopicFilter', () => {
  it('accepts what MQTT allows', () => {
    for (const filter of ['a', '/', 'a/b', '#', '+', '+/+', 'a/#', '/#', 'a/+/b', '$SYS/#', ' ', 'a//b']) {
      assert.isTrue(isTopicFilter(filter), filter);
    }
  });

  it('refuses what MQTT forbids', () => {
    for (const filter of ['', '#/a', 'a#', 'a/#/b', 'a+', '+a', 'a/b+/c', '##', '++', 'a\0', 'a/#/']) {
      assert.isFalse(isTopicFilter(filter), filter);
    }
  });

  it('refuses more than 65,535 bytes, counting bytes, not characters', () => {
    assert.isTrue(isTopicFilter('x'.repeat(65_535)));
    assert.isFalse(isTopicFilter('x'.repeat(65_536)));
    assert.isFalse(isTopicFilter('é'.repeat(40_000)));
  });

  it('agrees with the grammar', () => {
    const grammar = /^((\+|[^+#/\0]*)\/)*(#|\+|[^+#/\0]*)$/;
    fc.assert(
      fc.property(
        fc.oneof(filters, fc.string({ unit: fc.constantFrom('a', '/', '+', '#', '\0') })),
        (filter) => {
          assert.equal(isTopicFilter(filter), filter !== '' && grammar.test(filter));
        },
      ),
    );
  });
});

describe('matches', () => {
  const cases: readonly (readonly [filter: string, topic: string, expected: boolean])[] = [
    ['s2u/cv1/#', 's2u/cv1/int1-open', true],
    ['s2u/cv1/#', 's2u/cv1/int1-open/deeper', true],
    ['s2u/cv1/#', 's2u/cv1', true],
    ['s2u/cv1/#', 's2u/cv12', false],
    ['s2u/+/x', 's2u/cv1/x', true],
    ['s2u/+/x', 's2u//x', true],
    ['s2u/+', 's2u/cv1/x', false],
    ['s2u/+', 's2u', false],
    ['+', '', true],
    ['a', 'a', true],
    ['a', 'A', false],
    ['a/b', 'a', false],
    ['#', 'a/b/c', true],
    ['#', '$SYS/broker', false],
    ['+/broker', '$SYS/broker', false],
    ['$SYS/#', '$SYS/broker', true],
    ['/#', '/a', true],
  ];
  for (const [filter, topic, expected] of cases) {
    it(`${filter} ${expected ? 'matches' : 'does not match'} ${topic === '' ? '(an empty topic)' : topic}`, () =>
      assert.equal(matches(topicFilter(filter), topic), expected));
  }

  it('agrees with a naive reading of the standard', () => {
    const naive = ([head, ...rest]: readonly string[], given: readonly string[]): boolean => {
      if (head === '#') return true;
      if (head === undefined) return given.length === 0;
      if (given.length === 0) return false;
      return (head === '+' || head === given[0]) && naive(rest, given.slice(1));
    };
    fc.assert(
      fc.property(validFilters, topics, (filter, topic) => {
        const hidden = topic.startsWith('$') && /^[#+]/.test(filter);
        assert.equal(
          matches(topicFilter(filter), topic),
          !hidden && naive(filter.split('/'), topic.split('/')),
        );
      }),
      { numRuns: 1000 },
    );
  });
});

describe('nameLevel', () => {
  const unit = ['s2u/cv1/#'].map(topicFilter);

  it('is the level after the fixed part of the filter', () => {
    assert.equal(nameLevel(unit, 's2u/cv1/int1-open'), 'int1-open');
    assert.equal(nameLevel(unit, 's2u/cv1/int1-open/deeper'), 'int1-open');
    assert.equal(nameLevel(unit, 's2u/cv1/'), '');
    assert.equal(nameLevel(['s2u/+/cmd'].map(topicFilter), 's2u/int1-open/cmd'), 'int1-open');
    assert.equal(nameLevel(['#'].map(topicFilter), 'int1-open/x'), 'int1-open');
  });

  it('is missing if the topic ends before it, or if no filter has a wildcard or none matches', () => {
    assert.isUndefined(nameLevel(unit, 's2u/cv1'));
    assert.isUndefined(nameLevel(unit, 's2u/cv2/int1-open'));
    assert.isUndefined(nameLevel(['s2u/cv1/x'].map(topicFilter), 's2u/cv1/x'));
    assert.isUndefined(nameLevel([], 's2u/cv1/int1-open'));
  });

  it('follows the first filter that matches', () => {
    assert.equal(nameLevel(['other/#', 's2u/#', 's2u/cv1/#'].map(topicFilter), 's2u/cv1/x'), 'cv1');
    assert.equal(nameLevel(['s2u/cv1/#', 's2u/#'].map(topicFilter), 's2u/cv1/x'), 'x');
  });

  it('finds any name after any prefix', () => {
    fc.assert(
      fc.property(levels(level), level, levels(level), (prefix, name, rest) => {
        const filter = topicFilter([...prefix, '#'].join('/'));
        assert.equal(nameLevel([filter], [...prefix, name, ...rest].join('/')), name);
      }),
    );
  });
});

describe('covers and overlap', () => {
  const pairs = [
    ['a/#', 'a/b', 'covers'],
    ['a/#', 'a', 'covers'],
    ['a/#', 'a/#', 'covers'],
    ['a/#', 'a/+/c', 'covers'],
    ['#', 'a/+', 'covers'],
    ['+/b', 'a/b', 'covers'],
    ['a/+', 'a/b', 'covers'],
    ['a/+', 'a/#', 'overlaps'],
    ['a/+/c', 'a/b/#', 'overlaps'],
    ['a/+/c', 'a/b/+', 'overlaps'],
    ['+/b', 'a/+', 'overlaps'],
    ['a/b', 'a/c', 'apart'],
    ['a/b', 'a/b/c', 'apart'],
    ['a/+', 'a/b/c', 'apart'],
    ['#', '$SYS/#', 'apart'],
    ['+/x', '$SYS/x', 'apart'],
  ] as const;
  for (const [one, other, how] of pairs)
    it(`${one} and ${other}: ${how}`, () => {
      const [a, b] = [topicFilter(one), topicFilter(other)];
      assert.equal(covers(a, b), how === 'covers');
      assert.equal(overlap(a, b), how !== 'apart');
      assert.equal(overlap(b, a), how !== 'apart');
    });

  it('agree with matches', () => {
    fc.assert(
      fc.property(validFilters, validFilters, topics, (one, other, topic) => {
        const [a, b] = [topicFilter(one), topicFilter(other)];
        if (covers(a, b) && matches(b, topic)) assert.isTrue(matches(a, topic), `${one} covers ${other}`);
        if (matches(a, topic) && matches(b, topic)) assert.isTrue(overlap(a, b), `${one} overlaps ${other}`);
      }),
      { numRuns: 5_000 },
    );
  });
});

describe('minimalCover', () => {
  it('drops filters that another one covers, and keeps one of two equal filters', () => {
    assert.deepEqual(minimalCover(['a/b', 'a/#', 'b', 'a/+', 'b', 'a/#']), ['a/#', 'b']);
  });

  it('matches the same topics', () => {
    fc.assert(
      fc.property(fc.array(validFilters, { maxLength: 6 }), topics, (all, topic) => {
        const isMatched = (some: readonly string[]) => some.some((each) => matches(topicFilter(each), topic));
        const cover = minimalCover(all);
        assert.equal(isMatched(cover), isMatched(all));
        assert.isTrue(
          cover.every((one) =>
            cover.every((other) => one === other || !covers(topicFilter(one), topicFilter(other))),
          ),
        );
      }),
      { numRuns: 2_000 },
    );
  });
});
