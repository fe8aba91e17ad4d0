import { expect } from 'chai';
import { encodeRun } from '../../../../lib/report/encode.js';
import { decodeRun } from '../../../../lib/report/page/decode.js';
import {
  everything,
  passing,
  undecided,
  withIntegrationAlone,
  withResultAlone,
  withResultToggled,
} from '../../../../lib/report/page/filter.js';
import { lanesOf, messagesAt, messagesOf } from '../../../../lib/report/page/lanes.js';
import { countedRun, madeUpRun, notified, smallRun } from '../../../support/runs.js';

type Filter = Parameters<typeof passing>[1];

const run = decodeRun(encodeRun(smallRun()));
const labels = (lanes: ReturnType<typeof lanesOf>): readonly string[] =>
  lanes.map(({ label, ids }) => `${label} ${ids.length}`);
const numberOf = (text: string): number => run.texts.indexOf(text);
const resultNamed = (name: string): number => run.marks.findIndex(({ result }) => result === name);

describe('report, lanes', () => {
  it('are arrivals, the live set, the reasons that occurred, unsettled messages, and the integrations by name', () => {
    expect(labels(lanesOf(run, everything, 12))).to.deep.equal([
      ...['arrivals 68', 'live set 3'],
      ...['undecodable 1', 'malformed-name 1', 'too-large 1', 'reserved-name 1', 'delivery-disabled 1'],
      ...['unregistered 1', 'expired 1', 'overflow 1', 'refused 1', 'not settled 1'],
      ...['cafe 3', 'int1 51', 'vg:upgrader 4'],
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

describe('report, messages that are only counted', () => {
  const large = decodeRun(encodeRun(countedRun()));
  const weighed = (filter: Filter): readonly string[] =>
    lanesOf(large, filter, 12).map((lane) => `${lane.label} ${messagesOf(lane)}`);
  const unknown = (filter: Filter): number => undecided(large, filter, passing(large, filter));

  it('count in their lanes', () => {
    expect(large.messages).to.equal(1_000_068);
    expect(weighed(everything)).to.include.members([
      ...['arrivals 1000068', 'int1 800051', 'cafe 150003', 'unregistered 50001', 'refused 1'],
    ]);
    const lane = lanesOf(large, everything, 12).find(({ label }) => label === 'unregistered');
    expect(lane && messagesAt(lane, { first: 0, count: 2 })).to.equal(2_000);
  });

  it('pass the filters by result and by integration', () => {
    const cafe = withIntegrationAlone(everything, large.texts.indexOf('cafe'));
    expect(weighed(cafe)).to.include.members(['arrivals 150005', 'cafe 150003']);
    const alone = withResultAlone(everything, resultNamed('unregistered'), large.marks.length);
    expect(weighed(alone)).to.include.members(['arrivals 50001', 'unregistered 50001']);
    expect([unknown(cafe), unknown(alone)]).to.deep.equal([0, 0]);
  });

  it('pass a search for their integration, and are named as not searched otherwise', () => {
    expect(weighed({ ...everything, text: 'kiosk' })).to.include('unregistered 50001');
    expect(unknown({ ...everything, text: 'kiosk' })).to.equal(950_000);
    expect(weighed({ ...everything, text: 'no such door' })[0]).to.equal('arrivals 1');
    expect(unknown({ ...everything, text: 'no such door' })).to.equal(1_000_000);
  });

  it('without a name of their own may be for any integration, unless no name was read', () => {
    const cells = (['expired', 'undecodable'] as const).map((kind) => ({
      at: 0,
      settledAt: 0,
      kind,
      count: 9,
    }));
    const { rest } = countedRun();
    const nameless = decodeRun(
      encodeRun({ ...smallRun(), ...(rest === undefined ? {} : { rest: { ...rest, cells } }) }),
    );
    const int1 = withIntegrationAlone(everything, nameless.texts.indexOf('int1'));
    expect(undecided(nameless, int1, passing(nameless, int1))).to.equal(9);
  });
});

describe('report, filter', () => {
  it('shows one integration, with all messages for it', () => {
    const only = withIntegrationAlone(everything, numberOf('cafe'));
    expect(labels(lanesOf(run, only, 12))).to.deep.equal([
      ...['arrivals 5', 'live set 3', 'overflow 1', 'not settled 1', 'cafe 3'],
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

  it('finds a text that is in one of the fields only, and no text across two of them', () => {
    const each = notified(1, 'int1', 'a');
    const body = { k: 'body', v: 'in-body' } as const;
    const messages = [
      { ...each, name: 'int1-in-name' },
      { ...each, topic: 'in-topic' },
      { ...each, preview: 'in-preview' },
      { ...each, body },
      { ...each, result: { at: 2, kind: 'refused', detail: 'in-detail' } as const },
    ];
    const five = decodeRun(encodeRun({ ...smallRun(), messages }));
    const passed = (text: string) => [...passing(five, { ...everything, text })];
    expect(['in-name', 'in-topic', 'in-preview', 'in-body', 'in-detail'].map(passed)).to.deep.equal([
      [1, 0, 0, 0, 0],
      [0, 1, 0, 0, 0],
      [0, 0, 1, 0, 0],
      [0, 0, 0, 1, 0],
      [0, 0, 0, 0, 1],
    ]);
    const texts = five.texts.join('');
    expect(passed(texts.slice(0, 40).toLowerCase())).to.deep.equal([0, 0, 0, 0, 0]);
  });
});
