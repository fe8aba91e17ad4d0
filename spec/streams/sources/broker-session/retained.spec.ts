import { expect } from 'chai';
import type { SessionRecord } from '../../../../lib/storage/session-record.js';
import { login, recordInMemory, type SessionTest, startSession } from '../../../support/session.js';

const start = (record: SessionRecord): SessionTest => {
  const test = startSession({ record });
  test.logIn();
  return test;
};

const settleAll = ({ session, taken }: SessionTest): void => {
  for (const publish of taken) session.settled(publish);
};

describe('brokerSession: retained messages', () => {
  const retained = { retain: true, payload: { text: 'open' } };

  it('runs one once in a session, although a 3.1.1 broker sends it at each subscription', () => {
    const record = recordInMemory();
    const first = start(record);
    first.latest.serve().deliver(1, retained);
    expect(first.taken).to.have.length(1);
    settleAll(first);
    const next = start(record);
    next.latest.accept(true).deliver(2, retained);
    expect(next.taken, 'not taken').to.have.length(0);
    expect(next.latest.acknowledged, 'but acknowledged').to.deep.equal([2]);
  });

  it('runs it again when it was not settled before the crash', () => {
    const record = recordInMemory();
    start(record).latest.serve().deliver(1, retained);
    const next = start(record);
    next.latest.accept(true).deliver(2, retained);
    expect(next.taken).to.have.length(1);
  });

  it('does not run it again because the broker has lost the session', () => {
    const record = recordInMemory();
    const first = start(record);
    first.latest.serve().deliver(1, retained);
    settleAll(first);
    const next = start(record);
    next.latest.accept(false).deliver(1, retained);
    expect(next.taken).to.have.length(0);
    expect(next.latest.acknowledged).to.deep.equal([1]);
  });

  it('runs it at another broker', () => {
    const record = recordInMemory();
    const first = start(record);
    first.latest.serve().deliver(1, retained);
    settleAll(first);
    const next = startSession({ record });
    next.logIn(login({ address: { protocol: 'mqtt', host: 'other.example', port: 1883, path: '/' } }));
    next.latest.accept(false).deliver(1, retained);
    expect(next.taken).to.have.length(1);
  });

  it('runs it at another broker while it still waits at the first', () => {
    const test = start(recordInMemory());
    test.latest.serve().deliver(1, retained);
    test.logIn(login({ address: { protocol: 'mqtt', host: 'other.example', port: 1883, path: '/' } }));
    test.pass(60_000);
    test.latest.close();
    test.latest.accept(false).deliver(1, retained);
    expect(test.taken).to.have.length(2);
  });

  it('recognises one that still waits, and acknowledges both when it is settled', () => {
    const test = start(recordInMemory());
    test.latest.serve().deliver(1, retained);
    test.latest.deliver(2, retained);
    expect(test.taken).to.have.length(1);
    expect(test.latest.acknowledged).to.deep.equal([]);
    settleAll(test);
    expect(test.latest.acknowledged).to.deep.equal([1, 2]);
  });

  it('runs a new retained message of that topic', () => {
    const record = recordInMemory();
    const test = start(record);
    test.latest.serve().deliver(1, retained);
    settleAll(test);
    test.latest.deliver(2, { ...retained, payload: { text: 'close' } });
    expect(test.taken).to.have.length(2);
  });

  it('does not run it again after an older one of its topic leaves the spool later', () => {
    const record = recordInMemory();
    const first = start(record);
    first.latest.serve().deliver(1, retained);
    first.latest.deliver(2, { ...retained, payload: { text: 'close' } });
    // Both are in the spool, and no longer at the broker; then the older one is delivered.
    settleAll(first);
    const [older] = first.taken;
    if (older !== undefined) first.session.settled({ ...older, seq: -1 });
    const next = start(record);
    next.latest.accept(true).deliver(3, { ...retained, payload: { text: 'close' } });
    expect(next.taken).to.have.length(0);
  });

  it('does not run one that came live before', () => {
    const test = start(recordInMemory());
    test.latest.serve().deliver(1, { payload: { text: 'open' } });
    settleAll(test);
    test.latest.close();
    test.pass(1_000);
    test.latest.serve().deliver(1, retained);
    expect(test.taken).to.have.length(1);
    expect(test.latest.acknowledged).to.deep.equal([1]);
  });

  it('does not run a large one that came live before, either, and does not confuse it with earlier ones', () => {
    const large = { payload: { text: 'x'.repeat(5_000) } };
    const excerpt = { payload: { text: 'y' }, oversized: { bytes: 100_000_000, sha256: 'abc' } };
    for (const content of [large, excerpt]) {
      const test = start(recordInMemory());
      test.latest.serve().deliver(1, { payload: { text: 'open' } });
      test.latest.deliver(2, content);
      settleAll(test);
      test.latest.close();
      test.pass(1_000);
      test.latest.serve().deliver(1, { ...retained, ...content });
      expect(test.taken).to.have.length(2);
      test.latest.deliver(2, retained);
      expect(test.taken).to.have.length(3);
    }
  });

  it('acknowledges the copy of a live one when that is settled, not before', () => {
    const test = start(recordInMemory());
    test.latest.serve().deliver(1, { payload: { text: 'open' } });
    test.latest.close();
    test.pass(1_000);
    test.latest.serve().deliver(1, retained);
    expect(test.taken).to.have.length(1);
    expect(test.latest.acknowledged).to.deep.equal([]);
    settleAll(test);
    expect(test.latest.acknowledged).to.deep.equal([1]);
  });

  it('does not run one that came live and was settled while another broker was in use', () => {
    const test = start(recordInMemory());
    test.latest.serve().deliver(1, { payload: { text: 'open' } });
    test.logIn(login({ address: { protocol: 'mqtt', host: 'other.example', port: 1883, path: '/' } }));
    test.pass(60_000);
    test.latest.close();
    test.latest.accept(false);
    settleAll(test);
    test.logIn(login({}));
    test.pass(60_000);
    test.latest.close();
    test.latest.serve().deliver(1, retained);
    expect(test.taken).to.have.length(1);
    expect(test.latest.acknowledged).to.deep.equal([1]);
  });

  it('runs it after a clean end if the live one was not settled', async () => {
    const record = recordInMemory();
    const first = start(record);
    first.latest.serve().deliver(1, { payload: { text: 'open' } });
    const closed = first.session.close();
    first.latest.close();
    await closed;
    const next = start(record);
    next.latest.serve().deliver(1, retained);
    expect(next.taken).to.have.length(1);
  });

  it('does not run it after a clean end', async () => {
    const record = recordInMemory();
    const first = start(record);
    first.latest.serve().deliver(1, { payload: { text: 'open' } });
    settleAll(first);
    const closed = first.session.close();
    first.latest.close();
    await closed;
    const next = start(record);
    next.latest.serve().deliver(1, retained);
    expect(next.taken).to.have.length(0);
  });

  it('runs it if another command came live on its topic since: it may be a new one', () => {
    const test = start(recordInMemory());
    for (const [at, text] of ['open', 'close'].entries())
      test.latest.serve().deliver(at + 1, { payload: { text } });
    settleAll(test);
    test.latest.deliver(3, retained);
    expect(test.taken).to.have.length(3);
  });

  it('runs the same command each time that it is sent live', () => {
    const record = recordInMemory();
    const test = start(record);
    test.latest.serve().deliver(1, retained);
    settleAll(test);
    test.latest.deliver(2, { ...retained, retain: false });
    expect(test.taken).to.have.length(2);
  });
});
