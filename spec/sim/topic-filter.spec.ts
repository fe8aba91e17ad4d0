import { expect } from 'chai';
import fc from 'fast-check';
import { matches as reference, topicFilter } from '../../lib/rules/message/topic-filter.js';
import { covers, matches } from '../../sim/topic-filter.js';

const level = fc.constantFrom('a', 'b', '', '$x');
const topic = fc
  .array(level, { minLength: 1, maxLength: 4 })
  .map((levels) => levels.join('/'))
  .filter((t) => t !== '');
const filter = fc
  .tuple(fc.array(fc.oneof(level, fc.constant('+')), { maxLength: 3 }), fc.constantFrom('a', '+', '#'))
  .map(([levels, last]) => [...levels, last].join('/'));

/**
 * All topics of up to five levels that these filters can distinguish. The empty topic is included although it is
 * invalid [MQTT-4.7.3-1]: `covers` does not use that `/#` without it is the same as `/+/#`.
 */
const topics = ['a', 'b', '', '$x'].flatMap((first) => deeper(first, 4));

function deeper(start: string, more: number): string[] {
  if (more === 0) return [start];
  return [start, ...['a', 'b', '', '$x', 'other'].flatMap((next) => deeper(`${start}/${next}`, more - 1))];
}

describe('topic filters in the simulated broker', () => {
  it('match as in the daemon', () => {
    fc.assert(
      fc.property(filter, topic, (f, t) => {
        expect(matches(f, t)).to.equal(reference(topicFilter(f), t));
      }),
      { numRuns: 2000 },
    );
  });

  it('cover another one exactly if all topics of that one match', () => {
    fc.assert(
      fc.property(filter, filter, (allowed, requested) => {
        const [a, r] = [topicFilter(allowed), topicFilter(requested)];
        const subset = topics.every((t) => !reference(r, t) || reference(a, t));
        expect(covers(allowed, requested)).to.equal(subset);
      }),
      { numRuns: 2000 },
    );
  });

  const cases: [allowed: string, requested: string, covered: boolean][] = [
    ['s2u/cv1/#', 's2u/cv1/#', true],
    ['s2u/cv1/#', 's2u/cv1', true],
    ['s2u/cv1/#', 's2u/cv1/+/x', true],
    ['s2u/cv1/#', 's2u/cv10/#', false],
    ['s2u/cv1/#', 's2u/+/x', false],
    ['s2u/cv1/#', 's2u/#', false],
    ['s2u/cv1/#', '#', false],
    ['s2u/+', 's2u/#', false],
    ['+/#', '#', true],
    ['#', '$SYS/#', false],
    ['+/x', '$SYS/x', false],
    ['$SYS/#', '$SYS/+/x', true],
    ['a/#', 'a/$x', true],
    ['s2u/#', '$share/group/s2u/x', false],
    ['#', 'a/#/b', false],
    ['#', 'a+', false],
    ['#', '', false],
    ['a#', 'a#', false],
    ['a/#/b', 'a/x', false],
  ];
  for (const [allowed, requested, covered] of cases)
    it(`${allowed || 'nothing'} ${covered ? 'covers' : "doesn't cover"} ${requested || 'nothing'}`, () => {
      expect(covers(allowed, requested)).to.equal(covered);
    });

  it('match no topic with a wildcard', () => {
    expect(matches('a/#', 'a/+')).to.equal(false);
    expect(matches('a/#', 'a/#')).to.equal(false);
  });
});
