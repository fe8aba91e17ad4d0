import { expect } from 'chai';
import fc from 'fast-check';
import type { BrokerLimits } from '../../../../lib/mqtt/connection/connection.js';
import type { Outgoing } from '../../../../lib/mqtt/packets/write-publish.js';
import { type Fate, mostInFlight, mostWaiting, Outbox } from '../../../../lib/mqtt/session/outbox.js';

interface Written {
  readonly payload: string;
  readonly packetId: number;
  readonly dup: boolean;
}

/** An outbox whose broker is played by a spec. */
const start = () => {
  const outbox = new Outbox();
  const written: Written[] = [];
  const fates: string[] = [];
  const message = (n: number, more: Partial<Outgoing> = {}): Outgoing => ({
    topic: 'a',
    payload: `${n}`,
    retain: false,
    ...more,
  });
  const connection = {
    publish: ({ payload }: Outgoing, packetId: number, dup: boolean) => {
      written.push({ payload, packetId, dup });
    },
  };
  const ended = (n: number) => (fate: Fate) => fates.push(`${n} ${fate}`);
  return {
    outbox,
    written,
    fates,
    put: (n: number, at = 0, more: Partial<Outgoing> = {}) =>
      outbox.put({ message: message(n, more), ended: ended(n), at }),
    last: (n: number) => outbox.last({ message: message(n), ended: ended(n), at: 0 }),
    connect: (session: string, sessionPresent: boolean, limits: BrokerLimits = {}, at = 0) =>
      outbox.connected(connection, session, { sessionPresent, limits }, at),
    payloads: () => written.map(({ payload }) => Number(payload)),
  };
};
const numbers = (from: number, count: number) => Array.from({ length: count }, (_, n) => from + n);

describe('Outbox', () => {
  it('has at most its number in flight, and drops what has no room to wait', () => {
    const { put, connect, payloads, fates, outbox, written } = start();
    connect('s', false);
    for (const n of numbers(0, mostInFlight + mostWaiting + 2)) put(n);
    expect(payloads()).to.deep.equal(numbers(0, mostInFlight));
    expect(fates).to.deep.equal(numbers(mostInFlight + mostWaiting, 2).map((n) => `${n} dropped`));
    outbox.acknowledged(written[5]?.packetId ?? 0, 0, 0);
    expect(payloads().at(-1)).to.equal(mostInFlight);
    expect(fates.at(-1)).to.equal('5 published');
  });

  it("keeps to the broker's Receive Maximum", () => {
    const { put, connect, payloads } = start();
    connect('s', false, { receiveMaximum: 2 });
    for (const n of numbers(0, 5)) put(n);
    expect(payloads()).to.deep.equal([0, 1]);
  });

  it('writes what is unacknowledged again first, with the same ids, marked if the session was resumed', () => {
    for (const sessionPresent of [true, false]) {
      const { put, connect, written, outbox } = start();
      connect('s', false);
      for (const n of [1, 2, 3]) put(n);
      const [, second, third] = written.splice(0);
      outbox.acknowledged(32_769, 16, 0);
      outbox.disconnected();
      put(4);
      connect('s', sessionPresent);
      expect(written.slice(0, 2)).to.deep.equal(
        [second, third].map((each) => ({ ...each, dup: sessionPresent })),
      );
      expect(written[2]).to.include({ payload: '4', dup: false });
    }
  });

  it('gives no id again while it is in flight, however many others come and go', () => {
    const { put, connect, outbox, written } = start();
    connect('s', false);
    put(0);
    const [{ packetId: held } = { packetId: 0 }] = written.splice(0);
    for (let n = 1; n <= 40_000; n += 1) {
      put(n);
      const [{ packetId } = { packetId: 0 }] = written.splice(0);
      if (packetId === held || packetId < 0x8000 || packetId > 0xffff) throw new Error(`id ${packetId}`);
      outbox.acknowledged(packetId, 0, 0);
    }
  });

  it('drops what is for another session, and what waited for more than 60 s', () => {
    const { put, connect, payloads, fates, outbox } = start();
    connect('s', false, { receiveMaximum: 1 });
    for (const n of [1, 2]) put(n);
    outbox.disconnected();
    connect('other', false);
    expect(fates).to.deep.equal(['1 dropped', '2 dropped']);
    outbox.disconnected();
    put(3, 0);
    put(4, 1);
    connect('other', true, {}, 60_001);
    expect(fates.slice(2)).to.deep.equal(['3 dropped']);
    expect(payloads()).to.deep.equal([1, 4]);
  });

  it('counts what the broker refused, and ignores an unknown PUBACK', () => {
    const { put, connect, fates, outbox, written } = start();
    connect('s', false);
    for (const n of [1, 2]) put(n);
    for (const [at, code] of [135, 16].entries()) outbox.acknowledged(written[at]?.packetId ?? 0, code, 0);
    outbox.acknowledged(5, 0, 0);
    expect(fates).to.deep.equal(['1 refused', '2 published']);
  });

  it('refuses what the broker says that it would not take', () => {
    const cases: readonly (readonly [BrokerLimits, Partial<Outgoing>])[] = [
      [{ qos1: false }, {}],
      [{ retain: false }, { retain: true }],
      [{ maximumPacketSize: 100 }, { payload: 'x'.repeat(36) }],
    ];
    for (const [limits, more] of cases) {
      const { put, connect, fates, written } = start();
      connect('s', false, limits);
      put(1, 0, more);
      expect(fates).to.deep.equal(['1 refused']);
      expect(written).to.deep.equal([]);
    }
  });

  it('writes all that waits before the last message', () => {
    const { put, last, connect, payloads } = start();
    connect('s', false, { receiveMaximum: 1 });
    for (const n of [1, 2, 3]) put(n);
    last(4);
    expect(payloads()).to.deep.equal([1, 2, 3, 4]);
  });

  const step = fc.oneof(
    { weight: 6, arbitrary: fc.constant('put' as const) },
    { weight: 4, arbitrary: fc.nat(100).map((at) => ({ at })) },
    fc.constant('cut' as const),
    fc.constantFrom('resume' as const, 'lose' as const, 'move' as const),
  );

  it('ends each message at most once, in order, with distinct ids in its range, whatever happens', () =>
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300, size: 'max' }), (steps) => {
        const { put, connect, outbox, written, fates } = start();
        let session = 0;
        let isUp = false;
        let puts = 0;
        const unacknowledged = new Map<number, string>();
        const read = () => {
          for (const { packetId, payload, dup } of written.splice(0)) {
            expect(packetId).to.be.within(0x8000, 0xffff);
            const before = unacknowledged.get(packetId);
            expect(before ?? payload, 'the same message by this id').to.equal(payload);
            if (dup) expect(before).to.equal(payload);
            unacknowledged.set(packetId, payload);
          }
          expect(unacknowledged.size).to.be.at.most(mostInFlight);
        };
        for (const each of steps) {
          if (each === 'put') put(puts++);
          else if (each === 'cut') {
            outbox.disconnected();
            isUp = false;
          } else if (each === 'resume' || each === 'lose' || each === 'move') {
            if (isUp) continue;
            if (each === 'move') {
              session += 1;
              unacknowledged.clear();
            }
            connect(`${session}`, each === 'resume');
            isUp = true;
          } else if (isUp) {
            const ids = [...unacknowledged.keys()];
            const id = ids[each.at % Math.max(1, ids.length)];
            if (id === undefined) continue;
            unacknowledged.delete(id);
            outbox.acknowledged(id, 0, 0);
          }
          read();
        }
        const ended = fates.map((fate) => fate.split(' ')[0]);
        expect(new Set(ended).size, 'each once').to.equal(ended.length);
      }),
    ));
});
