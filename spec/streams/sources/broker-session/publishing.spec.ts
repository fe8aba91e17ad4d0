import { expect } from 'chai';
import type { WireProperties } from '../../../../lib/mqtt/packets/properties.js';
import type { Fate } from '../../../../lib/mqtt/session/outbox.js';
import { login, type SessionTest, servedSession, startSession } from '../../../support/session.js';

const message = (payload: string) => ({ topic: 'u2s/cv12345/a', payload, retain: false });
const publishing = {
  withReplies: true,
  farewell: (_login: unknown, next: string) => message(`last, then ${next}`),
};
const payloads = ({ latest }: SessionTest) => latest.published.map((each) => each.message.payload);
const asking: WireProperties = { responseTopic: 'u2s/cv12345/b' };

const deliverAsking = ({ latest }: SessionTest): void =>
  void latest.events.publish(
    {
      packetId: 7,
      topic: 's2u/cv12345/int1-open',
      payload: { text: '{}' },
      qos: 1,
      retain: false,
      dup: false,
      receivedAt: 0,
    },
    asking,
  );

describe('brokerSession: publishing', () => {
  it('publishes on the connection, and says how each ended', () => {
    const test = servedSession({ publishing });
    const fates: Fate[] = [];
    for (const payload of ['1', '2']) test.session.publish(message(payload), (fate) => fates.push(fate));
    expect(payloads(test)).to.deep.equal(['1', '2']);
    for (const [at, { packetId }] of test.latest.published.entries())
      test.latest.events.happened({ kind: 'published', packetId, code: at === 0 ? 0 : 135 });
    expect(fates).to.deep.equal(['published', 'refused']);
  });

  it('keeps what is published without a connection for the next one', () => {
    const test = servedSession({ publishing });
    test.latest.close();
    test.session.publish(message('1'), () => undefined);
    test.pass(1_000);
    test.latest.accept(true);
    expect(payloads(test)).to.deep.equal(['1']);
  });

  it('says farewell when this side closes an accepted connection, for good or not', async () => {
    const renewing = servedSession({ publishing });
    renewing.logIn(login({ password: 'the renewed token' }));
    expect(payloads(renewing)).to.deep.equal(['last, then reconnect']);
    const stopping = servedSession({ publishing });
    const closed = stopping.session.close();
    expect(payloads(stopping)).to.deep.equal(['last, then nothing']);
    stopping.latest.close();
    await closed;
  });

  it('says nothing on a connection that was not accepted', async () => {
    const test = startSession({ publishing });
    test.logIn();
    const closed = test.session.close();
    expect(payloads(test)).to.deep.equal([]);
    test.latest.close();
    await closed;
  });

  it('keeps with a publish what its sender asks for', () => {
    const test = servedSession({ publishing });
    deliverAsking(test);
    expect(test.taken[0]).to.have.deep.property('reply', { topic: 'u2s/cv12345/b' });
  });

  it('keeps and publishes nothing if that is off', () => {
    const test = servedSession();
    deliverAsking(test);
    expect(test.taken[0]).to.not.have.property('reply');
    test.session.publish(message('1'), () => undefined);
    test.logIn(login({ password: 'the renewed token' }));
    expect(test.latest.published).to.deep.equal([]);
  });
});
