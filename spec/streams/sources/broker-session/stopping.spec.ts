import { expect } from 'chai';
import { AckWindow } from '../../../../lib/mqtt/session/ack-window.js';
import { type SessionTest, servedSession, startSession } from '../../../support/session.js';

const settleAll = ({ session, taken }: SessionTest): void => {
  for (const publish of taken) session.settled(publish);
};

describe('brokerSession: stopTaking', () => {
  it('completes, and takes no more messages', () => {
    const test = servedSession();
    test.latest.deliver(11);
    test.session.stopTaking();
    expect(test.completed()).to.equal(true);
    expect(test.latest.deliver(12)).to.equal(false);
    expect(test.taken).to.have.length(1);
  });

  it('still acknowledges what was taken, and reads no packets for that', () => {
    const test = servedSession();
    test.latest.deliver(11);
    test.session.stopTaking();
    test.latest.deliver(12);
    settleAll(test);
    expect(test.latest.acknowledged).to.deep.equal([11]);
    expect(test.latest.resumed).to.equal(0);
  });

  it('does not end the connection, however long the rest takes', () => {
    const test = servedSession({ windowMessages: 1 });
    test.latest.deliver(11);
    test.latest.deliver(12);
    test.session.stopTaking();
    test.latest.deliver(13);
    test.pass(60_000);
    expect(test.latest.ended).to.equal(false);
  });

  it('is not undone by an overdue ping, as no packets are read', () => {
    const test = servedSession({ windowMessages: 1 });
    test.latest.deliver(11);
    test.latest.deliver(12);
    test.session.stopTaking();
    test.latest.events.happened({ kind: 'ping-overdue' });
    expect(test.latest.ended).to.equal(false);
    settleAll(test);
    expect(test.latest.acknowledged).to.deep.equal([11, 12]);
  });

  it('ends for good even while SUBSCRIBE is unanswered', () => {
    const test = startSession();
    test.logIn();
    test.latest.accept(false);
    test.session.stopTaking();
    test.pass(10_000);
    test.latest.close();
    test.pass(3_600_000);
    expect(test.connections).to.have.length(1);
  });

  it('does not connect again: there is nothing to take or acknowledge', () => {
    const test = servedSession();
    test.session.stopTaking();
    test.latest.close();
    test.pass(60_000);
    expect(test.connections).to.have.length(1);
    expect(test.reports.map(({ kind }) => kind)).to.not.include('disconnected');
  });

  it('ends the wait for the next attempt', () => {
    const test = servedSession();
    test.latest.close();
    test.session.stopTaking();
    test.pass(60_000);
    expect(test.connections).to.have.length(1);
  });

  it('keeps its connection when a new login comes: the acknowledgements need it', () => {
    const test = servedSession();
    test.session.stopTaking();
    test.logIn();
    expect(test.latest.ended).to.equal(false);
  });

  it('does not connect again when all is settled after the window was full', () => {
    const test = servedSession({ windowMessages: 1, fullMs: 15_000 });
    test.latest.deliver(11);
    test.latest.deliver(12);
    test.pass(15_000);
    test.latest.close();
    test.session.stopTaking();
    settleAll(test);
    expect(test.connections).to.have.length(1);
  });
});

describe('brokerSession: close', () => {
  it('resolves when the connection has ended, whatever happens until then', async () => {
    const test = servedSession({ windowMessages: 1 });
    test.latest.deliver(11);
    test.latest.deliver(12);
    const events: string[] = [];
    const closed = test.session.close().then(() => events.push('closed'));
    test.latest.events.happened({ kind: 'ping-overdue' });
    await Promise.resolve();
    expect(events).to.deep.equal([]);
    test.latest.close();
    await closed;
    expect(test.connections).to.have.length(1);
  });

  it('resolves without a connection', async () => {
    const test = startSession();
    await test.session.close();
  });

  it('hands settled, unacknowledged messages to the next session, and forgets the rest', async () => {
    const ackWindow = new AckWindow();
    const test = servedSession({ ackWindow });
    for (const packetId of [11, 12]) test.latest.deliver(packetId);
    const [, second] = test.taken;
    if (second !== undefined) test.session.settled(second);
    const closed = test.session.close();
    test.latest.close();
    await closed;
    const next = startSession({ ackWindow });
    next.logIn();
    next.latest.accept(true);
    for (const packetId of [11, 12]) next.latest.deliver(packetId, { dup: true });
    expect(
      next.taken.map(({ payload }) => payload),
      'taken again',
    ).to.deep.equal([{ text: 'message 11' }]);
    settleAll(next);
    expect(next.latest.acknowledged).to.deep.equal([11, 12]);
  });

  it('hands the times of first receipt to the next session: no lifetime restarts', async () => {
    const ackWindow = new AckWindow();
    const test = servedSession({ ackWindow });
    test.pass(4_000);
    test.latest.deliver(11, { expiresInMs: 60_000, receivedAt: 7 });
    const closed = test.session.close();
    test.latest.close();
    await closed;
    const next = startSession({ ackWindow });
    next.pass(9_000);
    next.logIn();
    next.latest.accept(true);
    next.latest.deliver(11, { dup: true, expiresInMs: 55_000, receivedAt: 9 });
    next.latest.deliver(12);
    const [again, other] = next.taken;
    expect(again).to.include({ seq: 1, arrivedAt: 4_000, expiresInMs: 60_000, receivedAt: 7 });
    expect(other).to.include({ seq: 2, arrivedAt: 9_000 });
    settleAll(next);
    expect(next.latest.acknowledged).to.deep.equal([11, 12]);
  });

  it('disconnects, and does not connect again', () => {
    const test = servedSession();
    test.session.close();
    expect(test.latest.ended).to.equal(true);
    test.latest.close();
    test.pass(60_000);
    test.logIn();
    expect(test.connections).to.have.length(1);
    expect(test.reports.map(({ kind }) => kind)).to.not.include('disconnected');
  });

  it('ends the wait for the next attempt', () => {
    const test = servedSession();
    test.latest.close();
    test.session.close();
    test.pass(60_000);
    expect(test.connections).to.have.length(1);
  });

  it('does not connect again when all is settled after the window was full', () => {
    const test = servedSession({ windowMessages: 1, fullMs: 15_000 });
    test.latest.deliver(11);
    test.latest.deliver(12);
    test.pass(15_000);
    test.latest.close();
    test.session.close();
    settleAll(test);
    expect(test.connections).to.have.length(1);
  });

  it('does not report a full window afterwards', () => {
    const test = servedSession({ windowMessages: 1, fullMs: 15_000 });
    test.latest.deliver(11);
    test.latest.deliver(12);
    test.session.close();
    test.pass(15_000);
    expect(test.reports.map(({ kind }) => kind)).to.not.include('window-full');
  });

  it('resolves before the first login, too', () => {
    const test = startSession();
    test.session.close();
    test.logIn();
    expect(test.connections).to.have.length(0);
  });
});
