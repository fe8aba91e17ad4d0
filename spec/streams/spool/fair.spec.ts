import { expect } from 'chai';
import { playSpool } from '../../support/spool-world.js';

const accepts = (afterMs: number) => ({ afterMs, kind: 'accepted' as const });

describe('the spool: the share of one app', () => {
  for (const window of [1, 2, 5, 10, 15, 64])
    it(`is freed if its calls hang, in a window of ${window}`, () => {
      const { accepted } = playSpool({
        messages: Array.from({ length: 200 }, (_, n) => (n % 4 === 0 ? 'bad' : 'good')),
        registered: ['bad', 'good'],
        window,
        untilMs: 120_000,
        answer: (to) => accepts(to === 'bad' ? 10_000_000 : 5),
      });
      expect(accepted.filter(({ integration }) => integration === 'good')).to.have.length(150);
    });

  for (const ms of [500, 900, 990, 1_100])
    it(`is freed if 2,000 messages come at ${ms} ms a call: others wait for 2 s at most`, () => {
      const { accepted, left } = playSpool({
        messages: [...Array<string>(2_000).fill('bad'), ...Array<string>(100).fill('good')],
        registered: ['bad', 'good'],
        window: 256,
        untilMs: 60_000,
        answer: (to) => accepts(to === 'bad' ? ms : 5),
      });
      const good = accepted.filter(({ integration }) => integration === 'good').map(({ at }) => at);
      expect(good).to.have.length(100);
      expect(good[0]).to.be.below(2_000);
      expect(left).to.equal(0);
    });

  it('is freed if the broker has a window of 10 of its own', () => {
    const { accepted } = playSpool({
      messages: [...Array<string>(100).fill('bad'), 'good'],
      registered: ['bad', 'good'],
      window: 10,
      knownWindow: 256,
      untilMs: 60_000,
      answer: (to) => accepts(to === 'bad' ? 900 : 5),
    });
    const good = accepted.find(({ integration }) => integration === 'good');
    expect(good?.at).to.be.below(7_000);
  });
});

describe('the spool: a full disk', () => {
  const play = (room: number) => {
    const stores: number[] = [];
    const trace = playSpool({
      messages: Array.from({ length: 1_000 }, (_, n) => `int${n % 10}`),
      registered: Array.from({ length: 10 }, (_, n) => `int${n}`),
      window: 256,
      untilMs: 60_000,
      room,
      stored: (count) => stores.push(count),
      answer: () => ({ afterMs: 1, kind: 'away' }),
    });
    return { trace, stores };
  };

  it('is tried less and less often: twice a second in all for ten apps', () => {
    expect(play(0).stores.length).to.be.below(120);
  });

  it('takes what fits, the oldest of each app first', () => {
    const { written } = play(100).trace.spool;
    expect(written.length).to.be.within(80, 100);
    for (let n = 0; n < 10; n += 1) {
      const own = written
        .filter((each) => each.startsWith(`int${n} `))
        .map((each) => Number(each.split(' ')[1]));
      expect(own).to.deep.equal(own.map((_, at) => n + 1 + at * 10));
    }
  });
});
