import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import { backAtEnd, type Outage, parseOutages, withOutages } from '../../../lib/capture/outages.js';
import type { CaptureRecord } from '../../../lib/capture/record.js';
import { batches, captured, collected } from '../../support/replaying.js';

const at = (offsetMs: number, serves: boolean): CaptureRecord => ({ kind: 'cvmain', offsetMs, serves });

/** Records as short texts: `#1`, `away 5`. */
const shown = async (records: ReturnType<typeof batches>): Promise<readonly string[]> =>
  (await collected(records))
    .flat()
    .map((record) =>
      record.kind === 'publish'
        ? `#${record.publish.seq}`
        : record.kind === 'cvmain'
          ? `${record.serves ? 'serves' : 'away'} ${record.offsetMs}`
          : record.kind,
    );

describe('outages of cvmain', () => {
  it('are read from the daemon’s log, of which other entries are skipped', () => {
    const log = `{"time":"2026-11-23T08:00:01.000Z","level":"info","event":"connected","message":"x"}
{"time":"2026-11-23T08:00:02.000Z","level":"warn","event":"cvmain-away","message":"x","for_ms":120}\r
not JSON
{"time":"2026-11-23T08:00:09.000Z","level":"warn","event":"cvmain-serves","message":"x"}
`;
    expect(parseOutages(log)).to.deep.equal(
      E.right([
        { wallMs: Date.parse('2026-11-23T08:00:01.780Z'), serves: false },
        { wallMs: Date.parse('2026-11-23T08:00:09Z'), serves: true },
      ]),
    );
  });

  it('are read from lines like those of a capture', () => {
    const lines = '{"offset_ms":5,"cvmain":"away"}\n{"offset_ms":9.5,"cvmain":"serves"}\n';
    expect(parseOutages(lines)).to.deep.equal(
      E.right([
        { offsetMs: 5, serves: false },
        { offsetMs: 9.5, serves: true },
      ]),
    );
  });

  it('must be in the file', () => {
    for (const text of [
      '',
      'x',
      '{"offset_ms":5,"cvmain":"asleep"}',
      '{"time":"soon","event":"cvmain-away"}',
    ])
      expect(E.isLeft(parseOutages(text)), text).to.equal(true);
  });

  it('replace what the capture says, each before the publishes of its moment', async () => {
    const records = () =>
      batches([
        [captured(1, 0), at(1, false)],
        [captured(2, 5), captured(3, 9)],
      ]);
    const outages: readonly Outage[] = [
      { offsetMs: 5, serves: false },
      { offsetMs: 20, serves: true },
    ];
    expect(await shown(withOutages(outages, records()))).to.deep.equal([
      '#1',
      'away 5',
      '#2',
      '#3',
      'serves 20',
    ]);
  });

  it('may be by the wall clock, which the capture’s start places', async () => {
    const start: CaptureRecord = { kind: 'start', startedAt: 1_000_000, filters: [] };
    const records = batches([[start, captured(1, 0), captured(2, 500)]]);
    expect(await shown(withOutages([{ wallMs: 1_000_100, serves: false }], records))).to.deep.equal([
      'start',
      '#1',
      'away 100',
      '#2',
    ]);
  });

  it('end with the capture, which is said', async () => {
    let said = 0;
    const assumed = (): void => {
      said += 1;
    };
    expect(await shown(backAtEnd(batches([[at(1, false), captured(1, 4)]]), assumed))).to.deep.equal([
      'away 1',
      '#1',
      'serves 4',
    ]);
    expect(said).to.equal(1);
    await collected(backAtEnd(batches([[at(1, false), at(2, true), captured(1, 4)]]), assumed));
    expect(said).to.equal(1);
  });
});
