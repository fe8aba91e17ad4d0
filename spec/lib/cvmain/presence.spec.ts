import { expect } from 'chai';
import { Presence } from '../../../lib/cvmain/presence.js';
import type { DaemonEvent } from '../../../lib/log/event.js';

const address = '127.0.0.1:7777';

/** Reports on a cvmain to which this happens, each at its time in s: `kind`, and the duration in s. */
const saidOf = (
  happens: (presence: Presence) => readonly (readonly [s: number, (now: number) => void])[],
) => {
  const said: (readonly [DaemonEvent['kind'], number])[] = [];
  let now = 0;
  const presence = new Presence(address, ({ kind }) => said.push([kind, now]));
  for (const [s, happen] of happens(presence)) {
    now = s;
    happen(1_000 * s);
  }
  return said;
};

const every = (from: number, to: number, happen: (now: number) => void) =>
  Array.from({ length: 2 * (to - from) }, (_, at) => [from + at / 2, happen] as const);

describe('Presence', () => {
  const serves = (presence: Presence) => (now: number) => presence.serves('1.2.3', now);
  const silent = (presence: Presence) => (now: number) => presence.silent('connect ECONNREFUSED', now);
  const called =
    (kind: 'accepted' | 'refused' | 'failed' | 'away') => (presence: Presence) => (now: number) =>
      presence.called(kind === 'accepted' ? { kind } : { kind, detail: 'so it said' }, now);

  it('reports waiting for cvmain, absence after 20 s, and its return, each once', () => {
    const said = saidOf((it) => [...every(0, 300, silent(it)), [300, serves(it)], [330, serves(it)]]);
    expect(said).to.deep.equal([
      ['waiting', 0],
      ['cvmain-absent', 20],
      ['cvmain-serves', 300],
    ]);
  });

  it('counts the absence from the first request, not from its deadline', () => {
    const unanswered = (it: Presence) => (now: number) =>
      it.silent('no HTTP/2 settings within 10000 ms', now, now - 10_000);
    const said = saidOf((it) => [
      [10, unanswered(it)],
      [20, unanswered(it)],
      [30, unanswered(it)],
    ]);
    expect(said).to.deep.equal([
      ['waiting', 10],
      ['cvmain-absent', 20],
    ]);
  });

  it('reports each later absence the same way', () => {
    const absence = (it: Presence, from: number) => [
      ...every(from, from + 30, silent(it)),
      [from + 30, serves(it)] as const,
    ];
    const said = saidOf((it) => [[0, serves(it)], ...absence(it, 100), ...absence(it, 200)]);
    expect(said).to.deep.equal([
      ['cvmain-serves', 0],
      ['cvmain-away', 100],
      ['cvmain-absent', 120],
      ['cvmain-serves', 130],
      ['cvmain-away', 200],
      ['cvmain-absent', 220],
      ['cvmain-serves', 230],
    ]);
  });

  it('reports the duration of the absence only if a warning reported the absence', () => {
    const reports: DaemonEvent[] = [];
    const presence = new Presence(address, (event) => reports.push(event));
    const version = '1.2.3';
    presence.silent('refused', 0);
    presence.serves(version, 1_000);
    presence.silent('refused', 5_000);
    presence.serves(version, 7_500);
    expect(reports).to.deep.equal([
      { kind: 'waiting', what: 'cvmain', detail: `${address}: refused` },
      { kind: 'cvmain-serves', address, version },
      { kind: 'cvmain-away', address, forMs: 0 },
      { kind: 'cvmain-serves', address, version, afterMs: 2_500 },
    ]);
  });

  for (const kind of ['failed', 'away'] as const)
    it(`reports once that no call has succeeded for 20 s although cvmain serves, and when one does: ${kind}`, () => {
      const said = saidOf((it) => [
        [0, serves(it)],
        ...every(100, 200, called(kind)(it)),
        [200, called('refused')(it)],
        [201, called('accepted')(it)],
      ]);
      expect(said).to.deep.equal([
        ['cvmain-serves', 0],
        ['cvmain-fails', 120],
        ['cvmain-delivers', 200],
      ]);
    });

  it('counts an absence from the first call that did not reach it', () => {
    const reports: DaemonEvent[] = [];
    const presence = new Presence(address, (event) => reports.push(event));
    presence.serves('1.2.3', 0);
    presence.called({ kind: 'away', detail: 'no answer' }, 900, 400);
    presence.silent('refused', 1_000, 950);
    expect(reports.at(-1)).to.deep.equal({ kind: 'cvmain-away', address, forMs: 600 });
    presence.serves('1.2.3', 2_000);
    presence.called({ kind: 'accepted' }, 2_100, 2_050);
    presence.silent('refused', 5_000, 4_990);
    expect(reports.at(-1)).to.deep.equal({ kind: 'cvmain-away', address, forMs: 10 });
  });

  it('does not report that while other calls succeed, nor during an outage that is already reported', () => {
    const mixed = (it: Presence) => (now: number) => {
      called('failed')(it)(now);
      called('accepted')(it)(now);
    };
    expect(saidOf((it) => [[0, serves(it)], ...every(1, 100, mixed(it))])).to.deep.equal([
      ['cvmain-serves', 0],
    ]);
    const outage = saidOf((it) => [
      [0, serves(it)],
      [1, called('away')(it)],
      ...every(1, 30, silent(it)),
      [29, called('away')(it)],
      [30, serves(it)],
      [31, called('away')(it)],
      [32, called('accepted')(it)],
    ]);
    expect(outage.map(([kind]) => kind)).to.deep.equal([
      'cvmain-serves',
      'cvmain-away',
      'cvmain-absent',
      'cvmain-serves',
    ]);
  });
});
