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

describe('captures in a row', () => {
  it('are as they were, where there is one', async () => {
    const records = [start(1_000), setAt(0, 'int1'), captured(1, 5), captured(2, 9)];
    expect(await joined(records)).to.deep.equal(records);
  });

  it('begin where the one before ended', async () =>
    expect(await times([captured(1, 5), captured(2, 9)], [captured(1, 0), captured(2, 3)])).to.deep.equal([
      5, 9, 9, 12,
    ]));

  it('keep the time between them, where both tell when they were started', async () =>
    expect(await times([start(1_000), captured(1, 5)], [start(61_000), captured(1, 7)])).to.deep.equal([
      5, 60_007,
    ]));

  it('never go back: what was started earlier comes behind all the same', async () =>
    expect(await times([start(61_000), captured(1, 5)], [start(1_000), captured(1, 7)])).to.deep.equal([
      5, 12,
    ]));

  it('count their publishes throughout', async () => {
    const records = await joined([captured(1, 5), captured(2, 9)], [captured(1, 0)], [captured(1, 0)]);
    expect(records.map((record) => record.kind === 'publish' && record.publish.seq)).to.deep.equal([
      1, 2, 3, 4,
    ]);
  });

  it('name the file of what is broken', async () =>
    expect(await joined([], [{ kind: 'broken', line: 3, detail: 'x' }])).to.deep.equal([
      { kind: 'broken', line: 3, detail: 'x', file: 'file 1' },
    ]));
});
