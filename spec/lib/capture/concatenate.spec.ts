import { expect } from 'chai';
import { concatenated } from '../../../lib/capture/concatenate.js';
import type { CaptureRecord } from '../../../lib/capture/record.js';
import { batches, captured, collected, setAt } from '../../support/replaying.js';

const start = (startedAt: number): CaptureRecord => ({ kind: 'start', startedAt, filters: [] });

const joined = async (...captures: readonly (readonly CaptureRecord[])[]) =>
  (
    await collected(
      concatenated(captures.map((records, at) => ({ name: `file ${at}`, open: () => batches([records]) }))),
    )
  ).flat();

const times = async (...captures: readonly (readonly CaptureRecord[])[]) =>
  (await joined(...captures)).flatMap((record) => ('offsetMs' in record ? [record.offsetMs] : []));

describe('concatenated', () => {
  it('leaves a single capture unchanged', async () => {
    const records = [start(1_000), setAt(0, 'int1'), captured(1, 5), captured(2, 9)];
    expect(await joined(records)).to.deep.equal(records);
  });

  it('begins each capture where the one before ended', async () =>
    expect(await times([captured(1, 5), captured(2, 9)], [captured(1, 0), captured(2, 3)])).to.deep.equal([
      5, 9, 9, 12,
    ]));

  it('keeps the time between captures with start times', async () =>
    expect(await times([start(1_000), captured(1, 5)], [start(61_000), captured(1, 7)])).to.deep.equal([
      5, 60_007,
    ]));

  it('never goes back in time, even if a later capture started earlier', async () =>
    expect(await times([start(61_000), captured(1, 5)], [start(1_000), captured(1, 7)])).to.deep.equal([
      5, 12,
    ]));

  it('says which capture starts before the one before it, but not in a loop', async () => {
    const said: string[] = [];
    const capture = (name: string, startedAt: number) => ({
      name,
      open: () => batches([[start(startedAt), captured(1, 5)]]),
    });
    const [a, b, c] = [capture('a', 5_000), capture('b', 1_000), capture('c', 9_000)];
    await collected(concatenated([a, b, c, a, b, c], (name, before) => said.push(`${name} < ${before}`)));
    expect(said).to.deep.equal(['b < a']);
  });

  it('numbers publishes throughout', async () => {
    const records = await joined([captured(1, 5), captured(2, 9)], [captured(1, 0)], [captured(1, 0)]);
    expect(records.map((record) => record.kind === 'publish' && record.publish.seq)).to.deep.equal([
      1, 2, 3, 4,
    ]);
  });

  it('names the file of a broken record', async () =>
    expect(await joined([], [{ kind: 'broken', line: 3, detail: 'x' }])).to.deep.equal([
      { kind: 'broken', line: 3, detail: 'x', file: 'file 1' },
    ]));
});
