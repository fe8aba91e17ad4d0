import { expect } from 'chai';
import type { CaptureRecord } from '../../../lib/capture/record.js';
import { type Selection, selected, untilBroken, withSets } from '../../../lib/capture/select.js';
import { topicFilter } from '../../../lib/rules/message/topic-filter.js';
import { batches, captured, collected, setAt } from '../../support/replaying.js';

const broken: CaptureRecord = { kind: 'broken', line: 7, detail: 'is not JSON' };

/** A record in a word: a publish by its number, a set by its names. */
const word = (record: CaptureRecord): string => {
  if (record.kind === 'publish') return `${record.publish.seq}`;
  return record.kind === 'set' ? [...record.integrations.keys()].join('+') : record.kind;
};

const words = async (records: Parameters<typeof collected>[0]): Promise<string> =>
  (await collected(records)).flat().map(word).join(' ');

describe('what is replayed of a capture', () => {
  const records = [
    [setAt(0, 'int1'), captured(1, 10), captured(2, 20, 'int2-open')],
    [setAt(25, 'int2'), broken, captured(3, 30), captured(4, 40, { topic: 'other' })],
  ];
  const select = (selection: Selection): Promise<string> => words(selected(selection, batches(records)));

  it('is all of it, where nothing else is said', async () =>
    expect(await select({})).to.equal('int1 1 2 int2 broken 3 4'));

  it('from a moment on: the sets before it stay, as one of them is the live set then', async () =>
    expect(await select({ from: { offsetMs: 30 } })).to.equal('int1 int2 broken 3 4'));

  it('up to a moment, which is not part of it', async () =>
    expect(await select({ to: { offsetMs: 30 } })).to.equal('int1 1 2 int2 broken'));

  it('by the clock: the time of receipt is what counts', async () =>
    expect(await select({ from: { wallMs: 2 }, to: { wallMs: 4 } })).to.equal('int1 2 int2 broken 3'));

  it('what matches a topic filter', async () =>
    expect(await select({ filter: topicFilter('s2u/+/int1-open') })).to.equal('int1 1 int2 broken 3'));

  it('reads no further than it needs', async () => {
    let pulled = 0;
    const source = batches([...records, [captured(5, 50)], [captured(6, 60)]], () => {
      pulled += 1;
    });
    await collected(selected({ to: { offsetMs: 35 } }, source));
    expect(pulled).to.equal(2);
  });

  it('ends with the first broken record, where that is asked for', async () =>
    expect(await words(untilBroken(batches([...records, [captured(5, 50)]])))).to.equal(
      'int1 1 2 int2 broken',
    ));
});

describe('a timeline of sets in place of those of a capture', () => {
  const records = [
    [setAt(0, 'int1'), captured(1, 10)],
    [setAt(15, 'int1'), captured(2, 20)],
    [captured(3, 30)],
  ];
  const timed = (...timeline: readonly ReturnType<typeof setAt>[]): Promise<string> =>
    words(withSets(timeline, batches(records)));

  it('comes in by its times, before publishes of the same moment', async () =>
    expect(await timed(setAt(0, 'a'), setAt(20, 'b'), setAt(21, 'c'))).to.equal('a 1 b 2 c 3'));

  it('can be one set for all of it', async () => expect(await timed()).to.equal('1 2 3'));

  it('goes on behind the last publish, as what is held then may still be delivered', async () =>
    expect(await timed(setAt(31, 'late'))).to.equal('1 2 3 late'));
});
