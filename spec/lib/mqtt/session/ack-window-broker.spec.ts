import { expect } from 'chai';
import fc from 'fast-check';
import { AckWindow } from '../../../../lib/mqtt/session/ack-window.js';
import { publishOf } from '../../../support/shorthand.js';

/** How a broker assigns packet ids, and what it resends. */
interface Habits {
  /** The lowest free id, or the next higher one. */
  readonly ids: 'lowest' | 'counting';
  /** Starts with 1 again on each connection. */
  readonly renumbers: boolean;
  /** Resends unacknowledged publishes on the same connection. */
  readonly resends: boolean;
}

const Step = fc.oneof(
  { weight: 6, arbitrary: fc.constant('send') },
  { weight: 2, arbitrary: fc.constant('send into a dead connection') },
  { weight: 6, arbitrary: fc.constant('settle') },
  { weight: 4, arbitrary: fc.constant('acknowledge') },
  { weight: 2, arbitrary: fc.constant('acknowledge what is sent again meanwhile') },
  { weight: 1, arbitrary: fc.constant('acknowledge into a dead connection') },
  { weight: 1, arbitrary: fc.constant('resend') },
  { weight: 2, arbitrary: fc.constant('reconnect') },
  { weight: 1, arbitrary: fc.constant('lose the session') },
  { weight: 1, arbitrary: fc.constant('let 21 s pass') },
);

type Step = typeof Step extends fc.Arbitrary<infer S> ? S : never;

interface Message {
  readonly text: string;
  /** When the broker drops it, ms. */
  readonly expiresAt?: number;
  packetId?: number;
  /** Its first sequence number. */
  seq?: number;
  acknowledged: boolean;
}

/** A broker with its publishes in flight, and the window that receives them. */
class World {
  readonly #habits: Habits;
  readonly #window = new AckWindow();
  #inFlight: Message[] = [];
  readonly messages: Message[] = [];
  readonly taken: number[] = [];
  readonly #settled = new Set<number>();
  #now = 0;
  #lastId = 0;
  #lastSeq = 0;
  #alive = true;

  constructor(habits: Habits) {
    this.#habits = habits;
    this.#window.connected('session', false);
  }

  step(step: Step, choice: number): void {
    this.#now += 3_000;
    this.#inFlight = this.#inFlight.filter(
      ({ expiresAt = Number.POSITIVE_INFINITY }) => expiresAt > this.#now,
    );
    switch (step) {
      case 'send':
      case 'send into a dead connection':
        if (step !== 'send') this.#alive = false;
        this.#send(choice);
        return;
      case 'settle':
        this.#settle(choice);
        return;
      case 'acknowledge':
      case 'acknowledge into a dead connection':
      case 'acknowledge what is sent again meanwhile':
        if (step === 'acknowledge into a dead connection') this.#alive = false;
        this.#acknowledge(step === 'acknowledge what is sent again meanwhile' && this.#habits.resends);
        return;
      case 'resend':
        if (this.#habits.resends) for (const each of [...this.#inFlight]) this.#deliver(each, true);
        return;
      case 'reconnect':
        this.#reconnect(true);
        return;
      case 'lose the session':
        this.#inFlight = [];
        this.#reconnect(false);
        return;
      case 'let 21 s pass':
        this.#now += 21_000;
    }
  }

  /** Everything works from now on: all that the broker has is settled and acknowledged. */
  end(): void {
    this.#reconnect(true);
    for (const seq of this.taken) this.#window.settle(seq);
    for (const seq of this.taken) this.#settled.add(seq);
    this.#acknowledge();
    expect(this.#inFlight, 'in flight in the end').to.deep.equal([]);
    expect([this.#window.size, this.#window.bytes, this.#window.unsettled]).to.deep.equal([0, 0, 0]);
  }

  #send(choice: number): void {
    const hasLifetime = choice % 3 === 0;
    const text = `${hasLifetime ? 'for a while' : 'for ever'} ${choice % 2}`;
    const message: Message = {
      text,
      ...(hasLifetime ? { expiresAt: this.#deadline(text, this.#now + 12_000 + (choice % 5) * 21_000) } : {}),
      acknowledged: false,
    };
    this.messages.push(message);
    this.#inFlight.push(message);
    message.packetId = this.#freeId();
    this.#deliver(message, false);
  }

  /**
   * Equal commands expire at different times, further apart than the tolerance within which two count as the same.
   */
  #deadline(text: string, wanted: number): number {
    const taken = this.messages.filter((each) => each.text === text).map(({ expiresAt }) => expiresAt);
    let deadline = wanted;
    while (taken.some((other = 0) => Math.abs(other - deadline) <= 33_000)) deadline += 3_000;
    return deadline;
  }

  #freeId(): number {
    const used = new Set(this.#inFlight.map(({ packetId }) => packetId));
    let id = this.#habits.ids === 'lowest' ? 1 : this.#lastId + 1;
    while (used.has(id)) id += 1;
    this.#lastId = id;
    return id;
  }

  #deliver(message: Message, dup: boolean): void {
    const { packetId, text, expiresAt } = message;
    if (!this.#alive || packetId === undefined) return;
    const seq = ++this.#lastSeq;
    const publish = {
      ...publishOf(seq, { text, dup }),
      ...(expiresAt === undefined ? {} : { expiresInMs: expiresAt - this.#now }),
    };
    if (!this.#window.receive({ packetId, publish }, this.#now)) return;
    message.seq ??= seq;
    this.taken.push(seq);
  }

  #settle(choice: number): void {
    const open = this.taken.filter((seq) => !this.#settled.has(seq));
    const seq = open[choice % Math.max(1, open.length)];
    if (seq === undefined) return;
    this.#settled.add(seq);
    this.#window.settle(seq);
  }

  #acknowledge(copiesCross = false): void {
    const due = this.#window.release();
    if (copiesCross) for (const each of this.#inFlight) this.#cross(each);
    for (const { packetId } of due) {
      if (!this.#alive) continue;
      const message = this.#inFlight.find((each) => each.packetId === packetId);
      // The broker had dropped it before the acknowledgement arrived.
      if (message === undefined) continue;
      this.#inFlight = this.#inFlight.filter((each) => each !== message);
      message.acknowledged = true;
      this.#check(message);
    }
  }

  /**
   * Sends a copy that crosses its acknowledgement. If the window takes it as new, it stands for an equal message,
   * too.
   */
  #cross(message: Message): void {
    const before = this.taken.length;
    this.#deliver(message, true);
    const seq = this.taken.length > before ? this.taken.at(-1) : undefined;
    if (seq !== undefined && seq !== message.seq) this.messages.push({ ...message, seq });
  }

  /** Equal messages without a lifetime are interchangeable: at least as many of them are settled as acknowledged. */
  #check({ text, expiresAt, seq }: Message): void {
    if (expiresAt !== undefined) {
      expect(seq !== undefined && this.#settled.has(seq), 'settled before it is acknowledged').to.equal(true);
      return;
    }
    const equal = this.messages.filter((each) => each.text === text);
    const settled = equal.filter((each) => each.seq !== undefined && this.#settled.has(each.seq));
    const acknowledged = equal.filter((each) => each.acknowledged);
    expect(settled.length, 'settled and not only acknowledged').to.be.at.least(acknowledged.length);
  }

  #reconnect(sessionPresent: boolean): void {
    this.#window.disconnected(this.#now);
    this.#alive = true;
    this.#window.connected('session', sessionPresent);
    if (this.#habits.renumbers) {
      this.#lastId = 0;
      for (const each of this.#inFlight) each.packetId = ++this.#lastId;
    }
    for (const each of this.#inFlight) this.#deliver(each, true);
  }
}

describe('AckWindow, with brokers of all habits', () => {
  for (const ids of ['lowest', 'counting'] as const)
    for (const renumbers of [false, true])
      for (const resends of [false, true])
        it(`acknowledges nothing unsettled: ids ${ids}${renumbers ? ', renumbered' : ''}${resends ? ', sent again' : ''}`, () => {
          fc.assert(
            fc.property(fc.array(fc.tuple(Step, fc.nat(30)), { minLength: 30, maxLength: 80 }), (steps) => {
              const world = new World({ ids, renumbers, resends });
              for (const [step, choice] of steps) world.step(step, choice);
              world.end();
            }),
            { numRuns: 500 },
          );
        });

  it('takes each message once if no acknowledgement is lost and the session persists', () => {
    const calm = fc.constantFrom<Step>('send', 'settle', 'acknowledge', 'resend', 'reconnect');
    fc.assert(
      fc.property(
        fc.array(
          fc.tuple(
            calm,
            fc.nat(30).map((choice) => choice * 3 + 1),
          ),
          { minLength: 30, maxLength: 80 },
        ),
        fc.boolean(),
        (steps, renumbers) => {
          const world = new World({ ids: 'counting', renumbers, resends: true });
          for (const [step, choice] of steps) world.step(step, choice);
          expect(world.taken).to.have.length(world.messages.length);
        },
      ),
      { numRuns: 1_000 },
    );
  });
});
