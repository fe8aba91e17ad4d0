import { setImmediate as turn } from 'node:timers/promises';
import { expect } from 'chai';
import { NEVER, Subject, VirtualTimeScheduler } from 'rxjs';
import type { CaptureRecord } from '../../../../lib/capture/record.js';
import { paced } from '../../../../streams/programs/replay/paced.js';
import { batches, captured, setAt } from '../../../support/replaying.js';

/** When each record came out, by virtual time: whenever nothing more happens by itself, the next timer is due. */
const timesOf = async (given: readonly (readonly CaptureRecord[])[], speed: number, slowMs = 0) => {
  const scheduler = new VirtualTimeScheduler();
  const times: number[] = [];
  let ended = false;
  const read = async (): Promise<void> => {
    for await (const batch of paced(batches(given), speed, scheduler, NEVER)) {
      times.push(...batch.map(() => scheduler.now()));
      scheduler.frame += slowMs;
    }
    ended = true;
  };
  const reading = read();
  for (let turns = 0; !ended && turns < 1_000; turns += 1) {
    await turn();
    scheduler.flush();
  }
  await reading;
  return times;
};

describe('paced: each record at its time', () => {
  const records = [
    [captured(1, 50), captured(2, 60)],
    [captured(3, 60), captured(4, 160)],
  ];

  it('keeps the original times at 1x, from the first publish on', async () =>
    expect(await timesOf(records, 1)).to.deep.equal([0, 10, 10, 110]));

  it('is ten times as fast at 10x', async () =>
    expect(await timesOf(records, 10)).to.deep.equal([0, 1, 1, 11]));

  it('is half as fast at 50%', async () =>
    expect(await timesOf(records, 0.5)).to.deep.equal([0, 20, 20, 220]));

  it('emits records before the first publish at once, and records without a time in their place', async () => {
    const start: CaptureRecord = { kind: 'start', startedAt: 0, filters: [] };
    const broken: CaptureRecord = { kind: 'broken', line: 1, detail: 'x' };
    const given = [
      [start, setAt(0, 'a'), setAt(9, 'b')],
      [captured(1, 100), broken, setAt(130, 'c')],
    ];
    expect(await timesOf(given, 1)).to.deep.equal([0, 0, 0, 0, 0, 30]);
  });

  it('ends at once when it is stopped', async () => {
    const stop$ = new Subject<void>();
    const reader = paced(batches(records), 1, new VirtualTimeScheduler(), stop$)[Symbol.asyncIterator]();
    await reader.next();
    const next = reader.next();
    while (!stop$.observed) await turn();
    stop$.next();
    expect(await next).to.deep.equal({ done: true, value: undefined });
  });

  it('delays records for a slow reader, and loses none', async () =>
    expect(await timesOf(records, 1, 100)).to.deep.equal([0, 100, 200, 200]));
});
