import { expect } from 'chai';
import { encodeRun } from '../../../../lib/report/encode.js';
import { decodeRun } from '../../../../lib/report/page/decode.js';
import { emphasisOf, rowWhereSettled } from '../../../../lib/report/page/emphasis.js';
import { everything } from '../../../../lib/report/page/filter.js';
import { placeAt } from '../../../../lib/report/page/hit.js';
import { lanesOf } from '../../../../lib/report/page/lanes.js';
import { layoutOf } from '../../../../lib/report/page/layout.js';
import { changeLabel, sceneOf, xOf } from '../../../../lib/report/page/scene.js';
import { spotWith } from '../../../../lib/report/page/spots.js';
import { walk } from '../../../../lib/report/page/walk.js';
import { countedRun, madeUpRun, smallRun } from '../../../support/runs.js';

const run = decodeRun(encodeRun(smallRun()));
const layout = layoutOf(lanesOf(run, everything, 12));
const rows = [...layout.fixed, ...layout.scrolled.map(({ lane, y }) => ({ lane, y: y + layout.top }))];
const window = { from: 0, to: 20_000, left: 100, right: 1_100 };
const scene = sceneOf(run, rows, window);

const rowOf = (label: string) => {
  const found = scene.rows.find(({ row }) => row.lane.label === label);
  if (found === undefined) throw new Error(`no lane ${label}`);
  return found;
};

describe('report, scene', () => {
  it('has a marble for each message, and a column for several, higher for more', () => {
    const { spots } = rowOf('int1');
    const [few, many] = [spots.find(({ count }) => count === 3), spots.find(({ count }) => count > 10)];
    expect(spots[0]).to.deep.include({ count: 1, x: 115.2, tall: 0 });
    expect(few?.tall)
      .to.be.within(10, 28)
      .and.below(many?.tall ?? 0);
  });

  it('shows the duration of each wait', () => {
    const [band] = rowOf('unregistered').bands;
    expect(band?.x).to.be.closeTo(xOf(window, 8_200), 1);
    expect(band?.wide).to.be.closeTo(250, 1);
    expect(rowOf('undecodable').bands).to.deep.equal([]);
    expect(rowOf('cafe').bands.map(({ thick }) => thick)).to.have.length(3);
  });

  it('has what is only counted in its columns and bands, and as a block where it is wider than a column', () => {
    const large = decodeRun(encodeRun(countedRun()));
    const all = layoutOf(lanesOf(large, everything, 12));
    const lane = (from: number, to: number) =>
      sceneOf(large, all.scrolled, { ...window, from, to }).rows.find(
        ({ row }) => row.lane.label === 'unregistered',
      );
    const [whole, part] = [lane(0, 60_000), lane(5_000, 5_400)];
    expect(whole?.spots.every(({ block }) => block === 0)).to.equal(true);
    // 12 steps of 1,000 messages wait at once.
    expect(Math.max(...(whole?.bands ?? []).map(({ thick }) => thick))).to.equal(16);
    expect(part?.spots.map(({ x, block }) => [x, block])).to.deep.equal([
      [400, 640],
      [1_040, 640],
    ]);
  });

  it('shows when an integration was registered', () => {
    expect(rowOf('cafe').registered).to.deep.equal([[575, 1_015]]);
    expect(changeLabel(run, 0)).to.equal('+2');
    expect(changeLabel(run, 2)).to.equal('−cafe');
  });

  it('draws an arrow down, and along while the message waited', () => {
    const paths = scene.arrows.filter(({ tone }) => tone === 'waited').map(({ path }) => path);
    const { y } = rowOf('unregistered').row;
    expect(paths).to.include(`M510 52V${y - 5}q0 5 5 5H753m-4-3l4 3l-4 3`);
  });

  it('has fewer arrows if they would hide marbles: only those of messages that were not notified, or none', () => {
    const tonesOf = (messages: number): ReadonlySet<string> => {
      const many = decodeRun(encodeRun(madeUpRun({ messages, durationMs: 20_000, integrations: 4 })));
      const all = layoutOf(lanesOf(many, everything, 12));
      return new Set(sceneOf(many, [...all.fixed, ...all.scrolled], window).arrows.map(({ tone }) => tone));
    };
    expect(tonesOf(200)).to.include('notified').and.include('waited');
    expect(tonesOf(2_000)).to.include('waited').and.not.include('notified');
    expect(tonesOf(20_000).size).to.equal(0);
  });
});

describe('report, pointing', () => {
  const at = (label: string, time: number, dx = 0) => {
    const x = xOf(window, time) + dx;
    return placeAt(run, scene, layout.top, x, rowOf(label).row.y, time + dx * 20);
  };

  it('finds the nearest marble', () => {
    expect(at('expired', 14_600, 6)).to.deep.include({ place: 0, single: false });
    expect(at('expired', 14_600, 30)).to.equal(undefined);
    expect(at('arrivals', 300, -5)).to.deep.include({ place: 0, single: false });
  });

  it('finds a waiting message', () => {
    expect(at('expired', 13_500)).to.deep.include({ place: 0, single: true });
    expect(at('cafe', 6_000)).to.deep.include({ place: 0, single: true });
    expect(at('cafe', 3_000)).to.equal(undefined);
  });

  it('emphasises the way of a message from arrival to settlement', () => {
    const { row } = rowOf('arrivals');
    const place = row.lane.ids.findIndex((id) => run.texts[run.columns.name[id] ?? 0] === 'kiosk-hello');
    const rowOfResult = (id: number) => rowWhereSettled(run, rows, id);
    const spot = { first: place, count: 1, time: row.lane.times[place] ?? 0 };
    const { arrows, ring } = emphasisOf({ run, window, scene, row, spot, rowOfResult, pinned: false });
    expect(arrows).to.deep.equal([{ start: 510, end: 760, y: rowOf('unregistered').row.y, tone: 'waited' }]);
    expect(ring.y).to.equal(row.y);
  });
});

describe('report, walking', () => {
  const lanes = rows.map(({ lane }) => lane);
  const arrivals = rowOf('arrivals').row.lane;
  const step = (label: string, place: number, key: string): string => {
    const next = walk(lanes, { lane: rowOf(label).row.lane, place }, key, 128);
    return `${next.lane.label} ${next.place}`;
  };

  it('moves along a lane from spot to spot, and stops at its ends', () => {
    let here = { lane: arrivals, place: 0 };
    const firsts = [0];
    for (;;) {
      const next = walk(lanes, here, 'ArrowRight', 128);
      if (next.place === here.place) break;
      firsts.push(next.place);
      here = next;
    }
    expect(here.place + spotWith(arrivals.times, here.place, 128).count).to.equal(68);
    for (const place of firsts.toReversed()) {
      expect(here.place).to.equal(place);
      here = walk(lanes, here, 'ArrowLeft', 128);
    }
    expect(here.place).to.equal(0);
  });

  it('moves to the nearest spot in the next lane, and to the ends of a lane', () => {
    expect(step('cafe', 0, 'ArrowDown')).to.equal('int1 5');
    expect(step('undecodable', 0, 'ArrowUp')).to.equal('live set 0');
    expect(step('cafe', 0, 'ArrowUp')).to.equal('not settled 0');
    expect(step('arrivals', 3, 'ArrowUp')).to.equal('arrivals 3');
    expect(step('int1', 9, 'Home')).to.equal('int1 0');
    expect(step('int1', 0, 'End')).to.equal('int1 50');
  });
});
