import { expect } from 'chai';
import { encodeRun } from '../../../../lib/report/encode.js';
import { decodeRun } from '../../../../lib/report/page/decode.js';
import {
  everything,
  withIntegrationAlone,
  withResultAlone,
  withResultToggled,
} from '../../../../lib/report/page/filter.js';
import { lanesOf } from '../../../../lib/report/page/lanes.js';
import { madeUpRun, notified, smallRun } from '../../../support/runs.js';

const run = decodeRun(encodeRun(smallRun()));
const labels = (lanes: ReturnType<typeof lanesOf>): readonly string[] =>
  lanes.map(({ label, ids }) => `${label} ${ids.length}`);
const numberOf = (text: string): number => run.texts.indexOf(text);
const resultNamed = (name: string): number => run.marks.findIndex(({ result }) => result === name);

describe('report, lanes', () => {
  it('are arrivals, the live set, the integrations by name, the reasons that occurred, and unsettled messages', () => {
    expect(labels(lanesOf(run, everything, 12))).to.deep.equal([
      ...['arrivals 68', 'live set 3', 'cafe 3', 'int1 51', 'vg:upgrader 4'],
      ...['undecodable 1', 'malformed-name 1', 'too-large 1', 'reserved-name 1', 'delivery-disabled 1'],
      ...['unregistered 1', 'expired 1', 'overflow 1', 'refused 1', 'not settled 1'],
    ]);
  });

  it('have each message where it was settled and where it arrived, in order of time', () => {
    const large = decodeRun(encodeRun(madeUpRun({ messages: 3_000, durationMs: 10_000, integrations: 9 })));
    const lanes = lanesOf(large, everything, 5);
    for (const { ids, times, starts, kind } of lanes.filter((lane) => lane.kind !== 'set')) {
      expect([...times]).to.deep.equal([...times].sort((a, b) => a - b));
      expect([...starts]).to.deep.equal([...starts].sort((a, b) => a - b));
      const column = kind === 'arrivals' ? large.columns.at : large.columns.settledAt;
      expect([...times]).to.deep.equal(Array.from(ids, (id) => column[id]));
    }
    const ended = lanes.slice(2).flatMap(({ ids }) => [...ids]);
    expect(ended.sort((a, b) => a - b)).to.deep.equal([...large.columns.at.keys()]);
  });

  it('group the integrations beyond the busiest ones, and sort numbers in names as numbers', () => {
    const names = ['app10', 'app2', 'app1', 'app3'];
    const messages = names.flatMap((name, index) =>
      Array.from({ length: index + 1 }, (_, at) => notified(at, name, 'hello')),
    );
    const four = decodeRun(encodeRun({ ...smallRun(), sets: [], messages }));
    expect(labels(lanesOf(four, everything, 4)).slice(2)).to.deep.equal([
      'app1 3',
      'app2 2',
      'app3 4',
      'app10 1',
    ]);
    expect(labels(lanesOf(four, everything, 3)).slice(2)).to.deep.equal(['app1 3', 'app3 4', '2 others 3']);
  });

  it('show when an integration was registered, even without messages', () => {
    const sets = [
      { at: 10, names: ['quiet'] },
      { at: 20, names: [] },
      { at: 30, names: ['quiet'] },
    ];
    const quiet = decodeRun(encodeRun({ ...smallRun(), messages: [], sets, durationMs: 50 }));
    const lane = lanesOf(quiet, everything, 12).find(({ label }) => label === 'quiet');
    expect(lane?.registered).to.deep.equal([
      [10, 20],
      [30, 50],
    ]);
  });
});

describe('report, filter', () => {
  it('shows one integration, with all messages for it', () => {
    const only = withIntegrationAlone(everything, numberOf('cafe'));
    expect(labels(lanesOf(run, only, 12))).to.deep.equal([
      ...['arrivals 5', 'live set 3', 'cafe 3', 'overflow 1', 'not settled 1'],
    ]);
    expect(withIntegrationAlone(only, numberOf('cafe'))).to.deep.equal(everything);
  });

  it('hides a result, shows one alone, and shows all again', () => {
    const without = withResultToggled(everything, resultNamed('notified'));
    expect(labels(lanesOf(run, without, 12))).to.not.include.members(['int1 51']);
    expect(withResultToggled(without, resultNamed('notified'))).to.deep.equal(everything);
    const alone = withResultAlone(without, resultNamed('refused'), run.marks.length);
    expect(labels(lanesOf(run, alone, 12))).to.deep.equal(['arrivals 1', 'live set 3', 'refused 1']);
    expect(withResultAlone(alone, resultNamed('refused'), run.marks.length)).to.deep.equal(everything);
  });

  it('finds text in names, topics, payloads and details, ignoring case', () => {
    const found = (text: string) => lanesOf(run, { ...everything, text }, 12)[0]?.ids.length;
    expect([
      found('blink'),
      found('no such door'),
      found('s2u/cv'),
      found('"door":30'),
      found('nowhere'),
    ]).to.deep.equal([42, 1, 68, 0, 0]);
    expect(found('reboot"')).to.equal(1);
  });
});
