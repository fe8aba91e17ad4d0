import { expect } from 'chai';
import fc from 'fast-check';
import { playSpool, type SpoolScene, type SpoolTrace } from '../../support/spool-world.js';

const accepts = (afterMs: number) => ({ afterMs, kind: 'accepted' as const });

/** `count` messages, for each of these in turn. */
const inTurn = (count: number, ...integrations: readonly string[]): string[] =>
  Array.from({ length: count }, (_, n) => integrations[n % integrations.length] ?? '');

const ten = Array.from({ length: 10 }, (_, n) => `int${n}`);

const scene = (more: Partial<SpoolScene>): SpoolScene => ({
  messages: inTurn(1_000, ...ten),
  registered: [...ten, 'bad'],
  window: 64,
  untilMs: 3_600_000,
  answer: () => accepts(5),
  ...more,
});

/** Number of messages accepted for the others until this time. */
const othersBy = (ms: number, { accepted }: SpoolTrace): number =>
  accepted.filter(({ integration, at }) => integration !== 'bad' && at <= ms).length;

const expectOnceInOrder = ({ messages }: SpoolScene, { accepted }: SpoolTrace): void => {
  for (const integration of new Set(messages)) {
    const sent = messages.flatMap((each, n) => (each === integration ? [`${each} ${n}`] : []));
    const got = accepted.filter((each) => each.integration === integration).map(({ what }) => what);
    expect(got).to.deep.equal(sent);
  }
};

describe('the spool: nothing is written', () => {
  it('if all goes well', () => {
    const trace = playSpool(scene({}));
    expect(trace.spool.written).to.deep.equal([]);
    expect(trace.left).to.equal(0);
  });

  it('if all are equally slow: then the broker is the better queue', () => {
    for (const ms of [50, 200]) {
      const slow = scene({ answer: () => accepts(ms), messages: inTurn(2_000, ...ten) });
      const trace = playSpool(slow);
      expect(trace.spool.written).to.deep.equal([]);
      expectOnceInOrder(slow, trace);
    }
  });

  it('for a few messages that wait less than three seconds, as they hold up nothing', () => {
    const few = scene({
      messages: inTurn(10, 'bad', 'int1'),
      answer: (to) => accepts(to === 'bad' ? 590 : 5),
    });
    const trace = playSpool(few);
    expect(trace.spool.written).to.deep.equal([]);
    expectOnceInOrder(few, trace);
  });
});

describe('the spool: one bad neighbour', () => {
  /** Ten seconds of healthy messages, and with each ten of them one of the neighbour's. */
  const withBad = (bad: (n: number) => string): string[] =>
    Array.from({ length: 22_000 }, (_, n) => (n % 11 === 10 ? bad((n - 10) / 11) : (ten[n % 11] ?? '')));
  const isHealthy = (integration: string): boolean => ten.includes(integration);
  const lastHealthy = ({ accepted }: SpoolTrace): number =>
    Math.max(...accepted.filter(({ integration }) => isHealthy(integration)).map(({ at }) => at));
  const alone = playSpool(scene({ messages: withBad(() => 'bad').filter(isHealthy) }));

  for (const [title, bad, afterMs] of [
    ['whose calls take a second', () => 'bad', 1_000],
    ['whose calls hang', () => 'bad', 600_000],
    ['that nobody registers', () => 'nobody', 5],
    ['of ever new names that nobody registers', (n: number) => `nobody${n}`, 5],
  ] as const)
    it(`${title} leaves the others nine tenths of their throughput or more`, () => {
      const messages = withBad(bad);
      const answer = (to: string) => accepts(isHealthy(to) ? 5 : afterMs);
      const trace = playSpool(scene({ messages, answer }));
      const [before, beside] = [lastHealthy(alone), lastHealthy(trace)];
      expect(trace.accepted.filter(({ integration }) => isHealthy(integration))).to.have.length(20_000);
      expect(before / beside, `${before} ms alone, ${beside} ms beside it`).to.be.at.least(0.9);
      expect(trace.left, 'all of it is acknowledged').to.equal(0);
    });

  it('gets all of its messages, in order', () => {
    const slow = scene({
      messages: inTurn(500, 'bad', 'int1'),
      answer: (to) => accepts(to === 'bad' ? 1_000 : 5),
    });
    const trace = playSpool(slow);
    expectOnceInOrder(slow, trace);
    expect(trace.spool.unsettled.size).to.equal(0);
  });

  it('that is not registered does not use up the window, however many messages it has', () => {
    const names = Array.from({ length: 300 }, (_, n) => (n % 2 === 0 ? `nobody${n}` : 'int1'));
    const trace = playSpool(scene({ messages: names, untilMs: 20_000 }));
    expect(othersBy(20_000, trace)).to.equal(150);
    expect(trace.left).to.equal(0);
  });
});

describe('the spool: cvmain is away', () => {
  const awayUntil = (ms: number): SpoolScene =>
    scene({
      messages: inTurn(2_000, ...ten),
      answer: (_to, _nth, now) => (now < ms ? { afterMs: 1, kind: 'away' as const } : accepts(5)),
    });

  it('takes all messages from the broker, and delivers them in order when cvmain is back', () => {
    const outage = awayUntil(60_000);
    const during = playSpool({ ...outage, untilMs: 59_000 });
    expect(during.left, 'left at the broker').to.equal(0);
    expect(during.accepted).to.deep.equal([]);
    const trace = playSpool(outage);
    expectOnceInOrder(outage, trace);
    expect(trace.spool.unsettled.size).to.equal(0);
  });

  it('leaves with the broker what does not fit, and loses nothing', () => {
    const outage = { ...awayUntil(60_000), room: 500 };
    const during = playSpool({ ...outage, untilMs: 59_000 });
    expect(during.left).to.be.greaterThan(1_000);
    expectOnceInOrder(outage, playSpool(outage));
  });
});

describe('the spool: whatever happens', () => {
  it('each message is settled once for the broker, and accepted once, in order', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('int0', 'int1', 'int2'), { minLength: 20, maxLength: 150 }),
        fc.array(
          fc.record({
            afterMs: fc.constantFrom(1, 5, 50, 400, 3_000),
            kind: fc.constantFrom(
              'accepted' as const,
              'accepted' as const,
              'failed' as const,
              'away' as const,
            ),
          }),
          { maxLength: 80 },
        ),
        fc.integer({ min: 16, max: 64 }),
        fc.constantFrom(0, 5, 30, 1_000),
        (messages, given, window, room) => {
          let calls = 0;
          const answer = () => given[calls++] ?? accepts(5);
          const random = scene({ messages, window, room, answer });
          const trace = playSpool(random);
          expectOnceInOrder(random, trace);
          expect(trace.left).to.equal(0);
          const forBroker = trace.settlements.map(({ publish }) => publish.seq).filter((seq) => seq > 0);
          expect([...forBroker].sort((one, other) => one - other)).to.deep.equal(
            messages.map((_, n) => n + 1),
          );
          const fromSpool = trace.settlements.map(({ publish }) => publish.seq).filter((seq) => seq < 0);
          expect(new Set(fromSpool).size).to.equal(fromSpool.length);
          expect(trace.spool.unsettled.size).to.equal(0);
          expect(trace.mostUnacknowledged).to.be.at.most(window);
        },
      ),
      { numRuns: 300 },
    );
  });
});
