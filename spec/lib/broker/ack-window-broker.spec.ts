import { expect } from 'chai';
import fc from 'fast-check';
import { AckWindow } from '../../../lib/broker/ack-window.js';
import { publishOf } from '../../support/shorthand.js';

const Step = fc.oneof(
  { weight: 6, arbitrary: fc.constant('send') },
  { weight: 6, arbitrary: fc.constant('settle') },
  { weight: 4, arbitrary: fc.constant('acknowledge') },
  { weight: 1, arbitrary: fc.constant('reconnect') },
  { weight: 1, arbitrary: fc.constant('forget') },
);

/** A broker that keeps to MQTT: a packet id is free again when its PUBACK came, and reused at once. */
class Broker {
  readonly #inFlight = new Map<number, string>();
  #sent = 0;

  constructor(readonly receive: (packetId: number, text: string, dup: boolean) => void) {}

  /** All messages look alike, so that only the packet id and the mark tell them apart. */
  send(): void {
    let packetId = 1;
    while (this.#inFlight.has(packetId)) packetId += 1;
    const text = `message ${this.#sent++ % 2}`;
    this.#inFlight.set(packetId, text);
    this.receive(packetId, text, false);
  }

  acknowledged(packetId: number): void {
    expect(this.#inFlight.delete(packetId), `packet id ${packetId} is in flight`).to.equal(true);
  }

  /** The session goes on: what was not acknowledged is sent again. */
  reconnect(): void {
    for (const [packetId, text] of this.#inFlight) this.receive(packetId, text, true);
  }

  /** The session is lost. */
  forget(): void {
    this.#inFlight.clear();
  }

  get sent(): number {
    return this.#sent;
  }
}

describe('AckWindow, before a broker that keeps to MQTT', () => {
  it('takes each message in exactly once, across connections, and acknowledges what is in flight', () => {
    fc.assert(
      fc.property(
        fc.array(Step, { maxLength: 80 }),
        fc.array(fc.nat(), { minLength: 1, maxLength: 20 }),
        (steps, choices) => {
          const ackWindow = new AckWindow();
          const unsettled: number[] = [];
          let seq = 0;
          let fresh = 0;
          const broker = new Broker((packetId, text, dup) => {
            seq += 1;
            if (!ackWindow.receive({ packetId, publish: publishOf(seq, { text, dup }) })) return;
            fresh += 1;
            unsettled.push(seq);
          });
          for (const [at, step] of steps.entries()) {
            if (step === 'send') broker.send();
            else if (step === 'settle') {
              const choice = choices[at % choices.length] ?? 0;
              for (const each of unsettled.splice(choice % (unsettled.length + 1), 1)) ackWindow.settle(each);
            } else if (step === 'acknowledge') {
              for (const packetId of ackWindow.release()) broker.acknowledged(packetId);
            } else {
              ackWindow.disconnected();
              if (step === 'forget') broker.forget();
              ackWindow.connected(step === 'reconnect');
              if (step === 'reconnect') broker.reconnect();
            }
          }
          expect(fresh).to.equal(broker.sent);
          for (const each of unsettled) ackWindow.settle(each);
          for (const packetId of ackWindow.release()) broker.acknowledged(packetId);
          expect([ackWindow.size, ackWindow.bytes, ackWindow.unsettled]).to.deep.equal([0, 0, 0]);
        },
      ),
      { numRuns: 1_000 },
    );
  });
});
