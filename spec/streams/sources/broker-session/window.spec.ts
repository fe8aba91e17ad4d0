import { expect } from 'chai';
import { type SessionTest, servedSession } from '../../../support/session.js';

/** The message that was taken as number `count` is settled. */
const settle = ({ session, taken }: SessionTest, count: number): void => {
  const publish = taken[count - 1];
  if (publish === undefined) throw new Error(`there is no message ${count}`);
  session.settled(publish);
};

/** A window of two messages, with a third one in it. */
const overfull = (): SessionTest => {
  const test = servedSession({ windowMessages: 2, fullMs: 15_000 });
  for (const packetId of [11, 12, 13]) test.latest.deliver(packetId);
  return test;
};

describe('brokerSession: its window', () => {
  it('numbers messages in the order of receipt, across connections', () => {
    const test = servedSession();
    test.latest.deliver(11);
    test.latest.deliver(12, { qos: 0 });
    test.latest.close();
    test.pass(1_000);
    test.latest.accept(true).deliver(13);
    expect(test.taken.map(({ seq }) => seq)).to.deep.equal([1, 2, 3]);
  });

  it('acknowledges in the order of receipt', () => {
    const test = servedSession();
    test.latest.deliver(11);
    test.latest.deliver(12);
    settle(test, 2);
    expect(test.latest.acknowledged).to.deep.equal([]);
    settle(test, 1);
    expect(test.latest.acknowledged).to.deep.equal([11, 12]);
  });

  it('acknowledges a settled message at once when it comes again', () => {
    const test = servedSession();
    test.latest.deliver(11);
    test.latest.close();
    settle(test, 1);
    test.pass(1_000);
    test.latest.accept(true).deliver(11, { dup: true });
    expect(test.taken).to.have.length(1);
    expect(test.latest.acknowledged).to.deep.equal([11]);
  });

  it('takes a resent message as new if the broker has lost the session', () => {
    const test = servedSession();
    test.latest.deliver(11);
    test.latest.close();
    test.pass(1_000);
    test.latest.accept(false).deliver(11, { dup: true });
    expect(test.taken).to.have.length(2);
  });

  it('takes QoS 2 again once PUBREL has freed its packet id', () => {
    const test = servedSession();
    const exact = { qos: 2, payload: { text: 'open' } } as const;
    test.latest.deliver(11, exact);
    settle(test, 1);
    test.latest.deliver(11, { ...exact, dup: true });
    expect(test.taken, 'before PUBREL').to.have.length(1);
    test.latest.events.happened({ kind: 'released', packetId: 11 });
    test.latest.deliver(11, { ...exact, dup: true });
    expect(test.taken, 'behind it').to.have.length(2);
  });

  it('leaves QoS 0 out: it is not acknowledged and needs no room', () => {
    const test = servedSession({ windowMessages: 1 });
    const { packetId: _, ...qos0 } = {
      packetId: 0,
      topic: 'a',
      payload: { text: '\0'.repeat(5_000) },
      qos: 0 as const,
    };
    const incoming = { ...qos0, retain: false, dup: false, receivedAt: 0 };
    expect([1, 2, 3].map(() => test.latest.events.publish(incoming))).to.deep.equal([true, true, true]);
    settle(test, 1);
    expect(test.taken).to.have.length(3);
    expect(test.latest.acknowledged).to.deep.equal([]);
  });

  describe('stops taking', () => {
    it('beyond its number of messages, which a broker that keeps to it never exceeds', () => {
      const test = servedSession({ windowMessages: 2 });
      expect([11, 12, 13].map((packetId) => test.latest.deliver(packetId))).to.deep.equal([
        true,
        true,
        false,
      ]);
      expect(test.taken, 'what came is taken').to.have.length(3);
    });

    it('beyond its number of bytes', () => {
      const test = servedSession({ windowBytes: 10 });
      const ten = { payload: { text: '€€€ ' } };
      const one = { payload: { text: '1' } };
      expect([test.latest.deliver(11, ten), test.latest.deliver(12, one)]).to.deep.equal([true, false]);
    });

    it('beyond twice its number, counting what earlier connections left unsettled', () => {
      const test = servedSession({ windowMessages: 2 });
      for (const packetId of [11, 12, 13]) test.latest.deliver(packetId);
      test.latest.close();
      test.pass(1_000);
      test.latest.accept(false);
      expect([21, 22].map((packetId) => test.latest.deliver(packetId))).to.deep.equal([true, false]);
    });

    it('until the first ones are acknowledged', () => {
      const test = overfull();
      settle(test, 2);
      expect(test.latest.resumed).to.equal(0);
      settle(test, 1);
      expect(test.latest.resumed).to.equal(1);
    });
  });

  describe('that stays full', () => {
    it('ends the connection, as pings are not read either, and reports it', () => {
      const test = overfull();
      test.pass(14_999);
      expect(test.latest.ended).to.equal(false);
      test.pass(1);
      expect(test.latest.ended).to.equal(true);
      expect(test.reports.at(-1)).to.deep.equal({ kind: 'window-full', messages: 3, bytes: 30 });
    });

    it('connects again as soon as everything is settled; that is no failure', () => {
      const test = overfull();
      test.pass(15_000);
      test.latest.close();
      settle(test, 1);
      settle(test, 3);
      test.pass(3_600_000);
      expect(test.connections).to.have.length(1);
      settle(test, 2);
      expect(test.connections).to.have.length(2);
      expect(test.reports.map(({ kind }) => kind)).to.not.include('disconnected');
      test.latest.accept(true);
      for (const packetId of [11, 12, 13]) test.latest.deliver(packetId, { dup: true });
      expect(test.taken).to.have.length(3);
      expect(test.latest.acknowledged).to.deep.equal([11, 12, 13]);
      test.latest.deliver(14);
      settle(test, 4);
      expect(test.connections, 'once').to.have.length(2);
    });

    it('connects at once if everything was settled while the connection ended; nothing is taken twice', () => {
      const test = overfull();
      test.pass(15_000);
      for (const count of [1, 2, 3]) settle(test, count);
      expect(test.latest.tooLate).to.deep.equal([]);
      expect(test.connections, 'one connection at a time').to.have.length(1);
      test.latest.close();
      expect(test.connections).to.have.length(2);
      test.latest.accept(true);
      for (const packetId of [11, 12, 13]) test.latest.deliver(packetId, { dup: true });
      expect(test.taken).to.have.length(3);
      expect(test.latest.acknowledged).to.deep.equal([11, 12, 13]);
    });

    it('ends the connection when a ping is overdue behind messages that are taken one by one', () => {
      const test = overfull();
      for (const count of [1, 2, 3]) {
        test.pass(10_000);
        settle(test, count);
        test.latest.deliver(13 + count);
      }
      expect(test.latest.ended).to.equal(false);
      test.latest.events.happened({ kind: 'ping-overdue' });
      expect(test.latest.ended).to.equal(true);
      expect(test.reports.at(-1)).to.include({ kind: 'window-full' });
    });

    it('ends the connection once: an overdue ping or more time changes nothing while it ends', () => {
      const test = overfull();
      test.logIn();
      test.latest.events.happened({ kind: 'ping-overdue' });
      test.pass(15_000);
      expect(test.reports.map(({ kind }) => kind)).to.not.include('window-full');
      test.latest.close();
      expect(test.connections, 'for the new login, not when all is settled').to.have.length(2);
    });

    it('is not the cause of an overdue ping if there was room all the time', () => {
      const test = servedSession({ windowMessages: 2, fullMs: 15_000 });
      test.latest.deliver(11);
      test.latest.events.happened({ kind: 'ping-overdue' });
      expect(test.latest.ended).to.equal(false);
    });

    it('waits as after any failure if the next connection fails', () => {
      const test = overfull();
      test.pass(15_000);
      test.latest.close();
      for (const count of [1, 2, 3]) settle(test, count);
      test.latest.close({ kind: 'unreachable', detail: 'connect ECONNREFUSED' });
      expect(test.reports.at(-1)).to.deep.include({ kind: 'disconnected', waitMs: 1_000 });
    });

    it('does not end the connection if there was room again in time', () => {
      const test = overfull();
      test.pass(14_999);
      settle(test, 1);
      test.pass(60_000);
      expect(test.latest.ended).to.equal(false);
    });

    it('has the full time again when it is full again', () => {
      const test = overfull();
      test.pass(10_000);
      settle(test, 1);
      test.latest.deliver(14);
      test.pass(14_999);
      expect(test.latest.ended).to.equal(false);
      test.pass(1);
      expect(test.latest.ended).to.equal(true);
    });

    it('starts anew on the next connection if the broker ended this one', () => {
      const test = overfull();
      test.latest.close();
      test.pass(1_000);
      test.latest.accept(true);
      test.latest.subscriptions[0]?.answer(true);
      for (const packetId of [11, 12]) test.latest.deliver(packetId, { dup: true });
      test.pass(60_000);
      expect(test.latest.ended).to.equal(false);
    });
  });
});
