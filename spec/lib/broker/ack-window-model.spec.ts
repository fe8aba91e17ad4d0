import { expect } from 'chai';
import fc from 'fast-check';
import { AckWindow } from '../../../lib/broker/ack-window.js';
import { publishOf } from '../../support/shorthand.js';

/** What can happen to a window, whoever is to blame. Few packet ids and contents, so that they meet again. */
const Step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('receive'),
      packetId: fc.integer({ min: 1, max: 2 }),
      dup: fc.constantFrom(true, true, false),
      name: fc.constantFrom('int1-open', 'int1-close'),
      text: fc.constantFrom('', 'now'),
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('settle'), choice: fc.nat(5) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('release') }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('disconnect') }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('forget') }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('connect'),
      sessionPresent: fc.constantFrom(true, true, true, false),
    }),
  },
);

type Step = typeof Step extends fc.Arbitrary<infer S> ? S : never;

type Receive = Extract<Step, { readonly do: 'receive' }>;

/** A message that was taken in, in the model. */
interface Message {
  readonly seq: number;
  readonly name: string;
  readonly text: string;
  settled: boolean;
  forgotten: boolean;
}

/** Each time that it was received. */
interface Receipt {
  readonly connection: number;
  readonly session: number;
  readonly packetId: number;
  readonly message: Message;
  released: boolean;
}

/** The window in slow and plain words: it forgets nothing and looks everything up in what happened. */
class Model {
  readonly receipts: Receipt[] = [];
  readonly messages: Message[] = [];
  connection = 0;
  session = 0;
  online = true;

  /** What is unacknowledged on this connection, in order of receipt. */
  get open(): readonly Receipt[] {
    if (!this.online) return [];
    return this.receipts.filter(({ connection, released }) => connection === this.connection && !released);
  }

  get unsettled(): number {
    return this.messages.filter(({ settled, forgotten }) => !settled && !forgotten).length;
  }

  /** Whether it is a message that was not there before. */
  receive(seq: number, { packetId, dup, name, text }: Receive): boolean {
    const last = this.receipts.findLast(
      (each) => each.packetId === packetId && each.session === this.session,
    );
    const before =
      last !== undefined && last.connection < this.connection && !last.released && !last.message.forgotten;
    const alike = last?.message.name === name && last.message.text === text;
    const known = before && dup && alike ? last.message : undefined;
    const message = known ?? { seq, name, text, settled: false, forgotten: false };
    const { connection, session } = this;
    this.receipts.push({ connection, session, packetId, message, released: false });
    if (known === undefined) this.messages.push(message);
    return known === undefined;
  }

  release(): readonly number[] {
    const { open } = this;
    const firstUnsettled = open.findIndex(({ message }) => !message.settled);
    const released = firstUnsettled < 0 ? open : open.slice(0, firstUnsettled);
    for (const receipt of released) receipt.released = true;
    return released.map(({ packetId }) => packetId);
  }
}

/** One step of both. What a connection brings, comes only while there is one. */
const take = (step: Step, seq: number, real: AckWindow, model: Model): void => {
  switch (step.do) {
    case 'receive': {
      if (!model.online) return;
      const { packetId, name, text, dup } = step;
      const fresh = real.receive({ packetId, publish: publishOf(seq, { name, text, dup }) });
      expect(fresh, 'fresh').to.equal(model.receive(seq, step));
      return;
    }
    case 'settle': {
      // One of the latest, settled before or not; or one that never was.
      const message = model.messages.at(-1 - step.choice);
      real.settle(message?.seq ?? -1);
      if (message?.forgotten === false) message.settled = true;
      return;
    }
    case 'release':
      expect(real.release(), 'released').to.deep.equal(model.release());
      return;
    case 'disconnect':
      if (!model.online) return;
      real.disconnected();
      model.online = false;
      return;
    case 'forget':
      if (model.online) return;
      real.forgetUnsettled();
      for (const message of model.messages) message.forgotten ||= !message.settled;
      return;
    case 'connect':
      if (model.online) return;
      real.connected(step.sessionPresent);
      model.online = true;
      model.connection += 1;
      if (!step.sessionPresent) model.session += 1;
      return;
  }
};

describe('AckWindow, whatever happens', () => {
  it('does what its rules say, step by step', () => {
    fc.assert(
      fc.property(fc.array(Step, { minLength: 30, maxLength: 60 }), (steps) => {
        const real = new AckWindow();
        const model = new Model();
        for (const [seq, step] of steps.entries()) {
          take(step, seq, real, model);
          expect(real.size, 'size').to.equal(model.open.length);
          const bytes = model.open.reduce((sum, { message }) => sum + message.text.length, 0);
          expect(real.bytes, 'bytes').to.equal(bytes);
          expect(real.unsettled, 'unsettled').to.equal(model.unsettled);
        }
      }),
      { numRuns: 800 },
    );
  });
});
