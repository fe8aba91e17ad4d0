import { mock } from 'node:test';
import { expect } from 'chai';
import { AckWriter } from '../../../../lib/mqtt/connection/ack-writer.js';
import { acks as acksOf, pubacks } from '../../../support/connecting.js';

describe('AckWriter', () => {
  let written: Buffer[] = [];
  let acks: AckWriter;

  beforeEach(() => {
    mock.timers.enable({ apis: ['setTimeout', 'setImmediate'] });
    written = [];
    acks = new AckWriter((packets) => written.push(packets));
  });
  afterEach(() => mock.timers.reset());

  const received = (count: number): void => {
    for (let n = 0; n < count; n += 1) acks.received();
  };
  const idsTo = (last: number): number[] => Array.from({ length: last }, (_, at) => at + 1);
  /** Ends the turn of the event loop. */
  const turn = (): void => mock.timers.tick(0);
  const pass = (ms: number): void => mock.timers.tick(ms);

  it('writes the acknowledgements of a turn at once, in one write, if nothing else is unacknowledged', () => {
    received(3);
    acks.acknowledge(acksOf(65_535, 1));
    acks.acknowledge(acksOf(0x1234));
    expect(written).to.deep.equal([]);
    turn();
    expect(written).to.deep.equal([pubacks(65_535, 1, 0x1234)]);
  });

  it('waits 4 ms from the first one if more publishes are unacknowledged', () => {
    received(4);
    acks.acknowledge(acksOf(3));
    pass(2);
    acks.acknowledge(acksOf(1, 2));
    pass(1);
    expect(written).to.deep.equal([]);
    pass(1);
    expect(written).to.deep.equal([pubacks(3, 1, 2)]);
  });

  it('ends the wait when the last unacknowledged publish is acknowledged', () => {
    received(2);
    acks.acknowledge(acksOf(1));
    turn();
    expect(written).to.deep.equal([]);
    acks.acknowledge(acksOf(2));
    turn();
    expect(written).to.deep.equal([pubacks(1, 2)]);
  });

  it('writes 16 at once, however many publishes are unacknowledged', () => {
    received(40);
    acks.acknowledge(acksOf(...idsTo(15)));
    turn();
    expect(written).to.deep.equal([]);
    acks.acknowledge(acksOf(16));
    turn();
    expect(written).to.deep.equal([pubacks(...idsTo(16))]);
  });

  it('starts over after a write: it repeats no acknowledgement, and the next wait has its full length', () => {
    received(40);
    acks.acknowledge(acksOf(1));
    pass(3);
    acks.acknowledge(acksOf(...idsTo(17).slice(1)));
    turn();
    acks.acknowledge(acksOf(18));
    pass(3);
    expect(written).to.deep.equal([pubacks(...idsTo(17))]);
    pass(1);
    acks.acknowledge(acksOf(...idsTo(40).slice(18)));
    turn();
    expect(written.slice(1)).to.deep.equal([pubacks(18), pubacks(...idsTo(40).slice(18))]);
  });

  it('flushes what is pending once, and a later acknowledgement has its own wait', () => {
    received(40);
    acks.acknowledge(acksOf(1));
    acks.acknowledge(acksOf(...idsTo(17).slice(1)));
    acks.acknowledge(acksOf(18));
    acks.flush();
    acks.flush();
    acks.acknowledge(acksOf(19));
    pass(1);
    expect(written).to.deep.equal([pubacks(...idsTo(18))]);
    acks.acknowledge(acksOf(20));
    acks.flush();
    pass(1);
    acks.acknowledge(acksOf(21));
    pass(3);
    expect(written.slice(1)).to.deep.equal([pubacks(19, 20)]);
    pass(1);
    expect(written.slice(2)).to.deep.equal([pubacks(21)]);
  });

  it('neither writes nor starts a wait if there is nothing to acknowledge', () => {
    received(2);
    acks.flush();
    acks.acknowledge(acksOf());
    pass(3);
    acks.acknowledge(acksOf(1));
    pass(3);
    expect(written).to.deep.equal([]);
    pass(1);
    expect(written).to.deep.equal([pubacks(1)]);
  });

  for (const [load, unacknowledged] of [
    ['at once', 1],
    ['a little later', 9],
  ] as const)
    it(`writes nothing after it is closed: neither what it would have written ${load}, nor anything later`, () => {
      received(unacknowledged);
      acks.acknowledge(acksOf(1));
      acks.close();
      pass(10);
      acks.acknowledge(acksOf(2));
      acks.flush();
      pass(10);
      expect(written).to.deep.equal([]);
    });
});
