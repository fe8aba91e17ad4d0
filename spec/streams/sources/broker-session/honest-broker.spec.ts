import { expect } from 'chai';
import fc from 'fast-check';
import type { CloseReason } from '../../../../lib/mqtt/connection/connection.js';
import { type FakeConnection, login, type SessionTest, startSession } from '../../../support/session.js';

/** What happens next, and how long after the step before, ms. */
const Step = fc.record({
  afterMs: fc.constantFrom(0, 0, 10, 400, 2_000, 20_000),
  what: fc.oneof(
    { weight: 10, arbitrary: fc.constant('publish') },
    { weight: 8, arbitrary: fc.constant('settle') },
    { weight: 1, arbitrary: fc.constant('settle all') },
    { weight: 2, arbitrary: fc.constant('broker answers') },
    { weight: 1, arbitrary: fc.constant('cut') },
    { weight: 1, arbitrary: fc.constant('new login') },
  ),
});

const cut: CloseReason = { kind: 'lost', detail: 'cut' };

/** A broker that keeps to MQTT, and what it queues for one session; it sends only what there is room for. */
class Broker {
  readonly #queue: string[] = [];
  readonly #inFlight = new Map<number, string>();
  /** What it resends on this connection. */
  #again: (readonly [number, string])[] = [];
  #connection: FakeConnection | undefined;
  #acknowledged = 0;
  #room = true;
  #resumed = 0;

  constructor(
    readonly test: SessionTest,
    readonly receiveMaximum: number,
  ) {}

  publish(text: string): void {
    this.#queue.push(text);
    this.work();
  }

  get unacknowledged(): number {
    return this.#queue.length + this.#inFlight.size;
  }

  /** Ends what the session ended, accepts what it opened. */
  answer(): void {
    const { latest } = this.test;
    this.work();
    if (latest.ended && !latest.gone) latest.close(cut);
    if (this.test.latest === this.#connection) return;
    const sessionPresent = this.#connection !== undefined;
    this.#connection = this.test.latest;
    this.#acknowledged = 0;
    this.#resumed = 0;
    this.#room = true;
    this.#connection.accept(sessionPresent);
    this.#connection.subscriptions[0]?.answer(true);
    // It resends everything unacknowledged, before anything else [MQTT-4.4.0-1].
    this.#again = [...this.#inFlight];
    this.work();
  }

  cut(): void {
    this.work();
    if (this.#connection?.gone === false) this.#connection.close(cut);
  }

  /** Takes acknowledgements, and sends what fits. */
  work(): void {
    const connection = this.#connection;
    if (connection === undefined || connection.gone) return;
    for (const packetId of connection.acknowledged.slice(this.#acknowledged)) {
      this.#acknowledged += 1;
      expect(this.#inFlight.delete(packetId), `${packetId} was in flight`).to.equal(true);
    }
    if (connection.resumed > this.#resumed) this.#room = true;
    this.#resumed = connection.resumed;
    while (this.#room && !connection.ended && this.#sendNext(connection));
  }

  #sendNext(connection: FakeConnection): boolean {
    const [again] = this.#again.splice(0, 1);
    const text = again?.[1] ?? (this.#inFlight.size < this.receiveMaximum ? this.#queue.shift() : undefined);
    if (text === undefined) return false;
    let packetId = again?.[0] ?? 1;
    while (again === undefined && this.#inFlight.has(packetId)) packetId += 1;
    this.#inFlight.set(packetId, text);
    this.#room = connection.deliver(packetId, { payload: { text }, dup: again !== undefined });
    return true;
  }
}

describe('brokerSession with a broker that keeps to MQTT', () => {
  it('takes each message once, in order, and acknowledges it, whatever happens to its connections', () => {
    fc.assert(
      fc.property(
        fc.array(Step, { minLength: 20, maxLength: 80 }),
        fc.constantFrom(2, 5, 20),
        fc.array(fc.nat(), { minLength: 1, maxLength: 20 }),
        (steps, receiveMaximum, choices) => {
          const test = startSession({ windowMessages: 5 });
          const broker = new Broker(test, receiveMaximum);
          const settled = new Set<number>();
          const unsettled = () => test.taken.filter(({ seq }) => !settled.has(seq));
          const settle = (publish = unsettled()[0]): void => {
            if (publish === undefined) return;
            settled.add(publish.seq);
            test.session.settled(publish);
            broker.work();
          };
          let published = 0;
          test.logIn();
          broker.answer();
          for (const [at, { afterMs, what }] of steps.entries()) {
            test.pass(afterMs);
            if (what === 'publish') broker.publish(`message ${published++}`);
            else if (what === 'settle') settle(unsettled()[(choices[at % choices.length] ?? 0) % 6]);
            else if (what === 'settle all') for (const each of unsettled()) settle(each);
            else if (what === 'broker answers') broker.answer();
            else if (what === 'cut') broker.cut();
            else test.logIn(login({ password: `token ${at}` }));
          }
          for (let rounds = 0; broker.unacknowledged > 0; rounds += 1) {
            expect(rounds, 'it gets on').to.be.below(100);
            for (const each of unsettled()) settle(each);
            test.pass(60_000);
            broker.answer();
          }
          expect(test.taken.map(({ payload }) => payload)).to.deep.equal(
            Array.from({ length: published }, (_, at) => ({ text: `message ${at}` })),
          );
        },
      ),
      { numRuns: 500 },
    );
  });
});
