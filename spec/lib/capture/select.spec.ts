import { expect } from 'chai';
import type { CaptureRecord } from '../../../lib/capture/record.js';
import { type Selection, selected, untilBroken, withSets } from '../../../lib/capture/select.js';
import { topicFilter } from '../../../lib/rules/message/topic-filter.js';
import { batches, captured, collected, setAt } from '../../support/replaying.js';

const broken: CaptureRecord = { kind: 'broken', line: 7, detail: 'is not JSON' };

/** A record as a word: a publish by its number, a set by its names. */
const word = (record: CaptureRecord): string => {
  if (record.kind === 'publish') return `${record.publish.seq}`;
  return record.kind === 'set' ? [...record.integrations.keys()].join('+') : record.kind;
};

const words = async (records: Parameters<typeof collected>[0]): Promise<string> =>
  (await collected(records)).flat().map(word).join(' ');

describe('selected', () => {
  const records = [
    [setAt(0, 'int1'), captured(1, 10), captured(2, 20, 'int2-open')],
    [setAt(25, 'int2'), broken, captured(3, 30), captured(4, 40, { topic: 'other' })],
  ];
  const select = (selection: Selection): Promise<string> => words(selected(selection, batches(records)));

  it('selects everything by default', async () =>
    expect(await select({})).to.equal('int1 1 2 int2 broken 3 4'));

  it('selects from a moment on, and keeps earlier sets, as the last is the live set then', async () =>
    expect(await select({ from: { offsetMs: 30 } })).to.equal('int1 int2 broken 3 4'));

  it('selects up to a moment, exclusive', async () =>
    expect(await select({ to: { offsetMs: 30 } })).to.equal('int1 1 2 int2 broken'));

  it('selects by wall clock, that is by time of receipt', async () =>
    expect(await select({ from: { wallMs: 2 }, to: { wallMs: 4 } })).to.equal('int1 2 int2 broken 3'));

  it('selects by topic filter', async () =>
    expect(await select({ filter: topicFilter('s2u/+/int1-open') })).to.equal('int1 1 int2 broken 3'));

  it('stops reading at the end of the selection', async () => {
    let pulled = 0;
    const source = batches([...records, [captured(5, 50)], [captured(6, 60)]], () => {
      pulled += 1;
    });
    await collected(selected({ to: { offsetMs: 35 } }, source));
    expect(pulled).to.equal(2);
  });

  it('ends with the first broken record in strict mode', async () =>
    expect(await words(untilBroken(batches([...records, [captured(5, 50)]])))).to.equal(
      'int1 1 2 int2 broken',
    ));
});

describe('withSets', () => {
  const records = [
    [setAt(0, 'int1'), captured(1, 10)],
    [setAt(15, 'int1'), captured(2, 20)],
    [captured(3, 30)],
  ];
  const timed = (...timeline: readonly ReturnType<typeof setAt>[]): Promise<string> =>
    words(withSets(timeline, batches(records)));

  it('merges the sets by time, before publishes of the same moment', async () =>
    expect(await timed(setAt(0, 'a'), setAt(20, 'b'), setAt(21, 'c'))).to.equal('a 1 b 2 c 3'));

  it('accepts an empty timeline', async () => expect(await timed()).to.equal('1 2 3'));

  it('continues after the last publish, as held messages may still be delivered', async () =>
    expect(await timed(setAt(31, 'late'))).to.equal('1 2 3 late'));
});
