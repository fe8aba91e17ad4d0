import { expect } from 'chai';
import fc from 'fast-check';
import { AckWindow } from '../../../lib/broker/ack-window.js';
import { publishOf } from '../../support/shorthand.js';

/** A window, with what happens to it in few words: all messages look alike, unless their text says otherwise. */
class Played {
  readonly window = new AckWindow();
  #seq = 0;

  /** A message comes; whether it is new. */
  comes(packetId: number, text = 'open', dup = false): boolean {
    this.#seq += 1;
    return this.window.receive({ packetId, publish: publishOf(this.#seq, { text, dup }) });
  }

  /** One comes that is settled and acknowledged at once. */
  runs(packetId: number, text = 'open'): this {
    expect(this.comes(packetId, text), `${packetId} is new`).to.equal(true);
    this.window.settle(this.#seq);
    expect(this.window.release()).to.deep.equal([packetId]);
    return this;
  }

  comesAgain(packetId: number, text = 'open'): boolean {
    return this.comes(packetId, text, true);
  }

  /** A ping is sent and answered. */
  pings(): this {
    this.window.pingSent();
    this.window.pingAnswered();
    return this;
  }

  reconnects(sessionPresent = true): this {
    this.window.disconnected();
    this.window.connected(sessionPresent);
    return this;
  }
}

/** This broker has shown that it counts its packet ids up; the last one that it gave is 2. */
const countingUp = (): Played => new Played().runs(1).pings().runs(2).pings();

describe('AckWindow: what was acknowledged into a dead line', () => {
  it('is known when it comes again, and acknowledged again at once', () => {
    const played = countingUp().runs(3).reconnects();
    expect(played.comesAgain(3)).to.equal(false);
    expect(played.window.unsettled).to.equal(0);
    expect(played.window.release()).to.deep.equal([3]);
  });

  it('is known again and again, as long as its acknowledgement gets lost', () => {
    const played = countingUp().runs(3);
    for (const _ of [1, 2, 3]) {
      expect(played.reconnects().comesAgain(3)).to.equal(false);
      expect(played.window.release()).to.deep.equal([3]);
    }
  });

  it('is known when the line dies again before it came', () => {
    expect(countingUp().runs(3).reconnects().reconnects().comesAgain(3)).to.equal(false);
  });

  it('is known once: a packet id that comes twice is another message', () => {
    const played = countingUp().runs(3).reconnects();
    expect([played.comesAgain(3), played.comesAgain(3)]).to.deep.equal([false, true]);
  });

  it('is known although the ping behind it was not answered, nor an earlier one until then', () => {
    const played = countingUp();
    played.window.pingSent();
    played.runs(3);
    played.window.pingAnswered();
    played.window.pingSent();
    expect(played.reconnects().comesAgain(3)).to.equal(false);
  });

  it('keeps its place among what waits', () => {
    const played = countingUp().runs(3);
    played.comes(4);
    played.reconnects();
    expect([played.comesAgain(3), played.comesAgain(4)]).to.deep.equal([false, false]);
    expect(played.window.release()).to.deep.equal([3]);
    expect(played.window.size).to.equal(1);
  });

  describe('is new', () => {
    it('when a ping was answered that was sent after its acknowledgement', () => {
      expect(countingUp().runs(3).pings().reconnects().comesAgain(3)).to.equal(true);
    });

    it('when a ping was answered on the next connection: what is sent again comes before', () => {
      expect(countingUp().runs(3).reconnects().pings().comesAgain(3)).to.equal(true);
    });

    it('when its content is another one', () => {
      expect(countingUp().runs(3).reconnects().comesAgain(3, 'close')).to.equal(true);
    });

    it('when it comes on the same connection', () => {
      expect(countingUp().runs(3).comesAgain(3)).to.equal(true);
    });

    it('when the broker has lost the session, and what it showed in it', () => {
      expect(countingUp().runs(3).reconnects(false).comesAgain(3)).to.equal(true);
      const played = countingUp().reconnects(false).runs(3);
      expect(played.reconnects().comesAgain(3)).to.equal(true);
    });
  });

  describe('is new before a broker', () => {
    it('that has not shown how it gives packet ids', () => {
      expect(new Played().runs(1).reconnects().comesAgain(1)).to.equal(true);
      expect(new Played().runs(1).runs(2).reconnects().comesAgain(2)).to.equal(true);
    });

    it('that gives an id again before a ping is answered: it may do so at any moment', () => {
      const played = countingUp().runs(3).runs(3);
      expect(played.reconnects().comesAgain(3)).to.equal(true);
    });

    it('that gives one again which it has just got back', () => {
      expect(countingUp().runs(2).runs(3).reconnects().comesAgain(3)).to.equal(true);
      expect(new Played().runs(1).runs(2).pings().runs(1).reconnects().comesAgain(1)).to.equal(true);
    });

    it('that goes past the highest one only as it has none back', () => {
      const played = new Played().runs(1).pings();
      for (const packetId of [1, 2, 3]) played.comes(packetId);
      played.window.settle(2);
      played.window.settle(3);
      played.window.settle(4);
      played.window.release();
      expect(played.reconnects().comesAgain(3)).to.equal(true);
    });
  });

  it('is known up to 1,024 messages and 1 MiB back, the latest first', () => {
    const many = countingUp();
    for (let packetId = 3; packetId <= 1_027; packetId += 1) many.runs(packetId);
    many.reconnects();
    expect([many.comesAgain(3), many.comesAgain(4)]).to.deep.equal([true, false]);
    const large = countingUp();
    const text = '.'.repeat(300_000);
    for (const packetId of [3, 4, 5, 6]) large.runs(packetId, text);
    large.reconnects();
    expect([large.comesAgain(3, text), large.comesAgain(4, text)]).to.deep.equal([true, false]);
  });
});

type Choice = 'counts up' | 'the lowest' | 'the latest';

/** A broker behind a line that loses what is on its way when it breaks. It gives packet ids as it likes. */
class LossyBroker {
  readonly window = new AckWindow();
  readonly unsettled: number[] = [];
  /** What the daemon sent, and the broker has not read. */
  #uplink: (number | 'ping')[] = [];
  /** The number of each message that is in flight, by packet id. */
  readonly #inFlight = new Map<number, number>();
  readonly #back: number[] = [];
  readonly #seen = new Set<number>();
  #highest = 0;
  #messages = 0;
  #seq = 0;
  #dead = false;
  known = 0;

  constructor(readonly choice: Choice) {}

  send(): void {
    this.#messages += 1;
    const packetId = this.#nextId();
    this.#inFlight.set(packetId, this.#messages);
    if (!this.#dead) this.#receive(packetId, this.#messages, false);
  }

  settle(choice: number): void {
    for (const seq of this.unsettled.splice(choice % (this.unsettled.length + 1), 1)) this.window.settle(seq);
    this.#uplink.push(...this.window.release());
  }

  ping(): void {
    this.window.pingSent();
    this.#uplink.push('ping');
  }

  /** It reads what is on its way. */
  read(): void {
    for (const each of this.#dead ? [] : this.#uplink.splice(0)) {
      if (each === 'ping') this.window.pingAnswered();
      else if (this.#inFlight.delete(each)) this.#back.push(each);
    }
  }

  die(): void {
    this.#dead = true;
  }

  reconnect(): void {
    this.#dead = false;
    this.#uplink = [];
    this.window.disconnected();
    this.window.connected(true);
    for (const [packetId, message] of [...this.#inFlight].sort(([, one], [, other]) => one - other))
      this.#receive(packetId, message, true);
    this.#uplink.push(...this.window.release());
  }

  #receive(packetId: number, message: number, dup: boolean): void {
    this.#seq += 1;
    const isNew = this.window.receive({ packetId, publish: publishOf(this.#seq, { text: 'open', dup }) });
    if (isNew) this.unsettled.push(this.#seq);
    else {
      this.known += 1;
      expect(this.#seen.has(message), `message ${message} came before`).to.equal(true);
    }
    this.#seen.add(message);
  }

  #nextId(): number {
    if (this.choice === 'the lowest') this.#back.sort((one, other) => other - one);
    const back = this.choice === 'counts up' ? undefined : this.#back.pop();
    if (back !== undefined) return back;
    this.#highest += 1;
    return this.#highest;
  }
}

const Step = fc.oneof(
  { weight: 6, arbitrary: fc.constant('send' as const) },
  { weight: 6, arbitrary: fc.nat(5) },
  { weight: 3, arbitrary: fc.constant('ping' as const) },
  { weight: 5, arbitrary: fc.constant('read' as const) },
  { weight: 2, arbitrary: fc.constant('die' as const) },
  { weight: 2, arbitrary: fc.constant('reconnect' as const) },
);

describe('AckWindow, behind a line that breaks', () => {
  for (const choice of ['counts up', 'the lowest', 'the latest'] as const)
    it(`takes no command for one that came before, though all are alike; free ids: ${choice}`, () => {
      let known = 0;
      fc.assert(
        fc.property(fc.array(Step, { minLength: 10, maxLength: 60 }), (steps) => {
          const broker = new LossyBroker(choice);
          for (const step of steps) typeof step === 'number' ? broker.settle(step) : broker[step]();
          known += broker.known;
        }),
        { numRuns: 2_000 },
      );
      expect(known).to.be.greaterThan(100);
    });
});
