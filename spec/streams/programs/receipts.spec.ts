import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import type { ReceiptRules } from '../../../lib/config/receipt-address.js';
import type { DaemonEvent } from '../../../lib/log/event.js';
import type { Outgoing } from '../../../lib/mqtt/packets/write-publish.js';
import type { Fate } from '../../../lib/mqtt/session/outbox.js';
import { mostInFlight, mostWaiting } from '../../../lib/mqtt/session/outbox.js';
import type { Settlement } from '../../../lib/rules/settlement.js';
import { receipts } from '../../../streams/programs/receipts.js';
import { settlements } from '../../support/events.js';
import { login, servedSession } from '../../support/session.js';

const rules: ReceiptRules = {
  mayPublish: (topic) => topic.startsWith('u2s/'),
  filters: ['s2u/#'],
  receipts: 'asked',
  receiptTopic: E.right('u2s/receipt'),
  healthTopic: undefined,
};
const { notified, spooled } = settlements('int1-open');
const asking = (topic: string, settlement: Settlement = notified): Settlement => ({
  ...settlement,
  publish: { ...settlement.publish, reply: { topic, correlation: 'AAE=' } },
});

describe('receipts', () => {
  const start = (isLoggedIn = true) => {
    const published: Outgoing[] = [];
    const fates: Fate[] = [];
    const reports: DaemonEvent[] = [];
    let end: (fate: Fate) => void = () => undefined;
    const send = receipts({
      session: {
        publish: (message, ended) => {
          published.push(message);
          end = ended;
        },
        login: () => (isLoggedIn ? login() : undefined),
      },
      rulesOf: () => rules,
      ended: (fate) => fates.push(fate),
      report: (event) => reports.push(event),
    });
    return { send, published, fates, reports, end: (fate: Fate) => end(fate) };
  };

  it('are published where the sender asks, with its correlation data, not retained', () => {
    const { send, published } = start();
    send(asking('u2s/a'));
    expect(published).to.deep.equal([
      {
        topic: 'u2s/a',
        payload: '{"function":"int1-open","status":"OK","msg_body":"notified"}',
        retain: false,
        correlationData: Buffer.of(0, 1),
      },
    ]);
  });

  it('are not sent for who did not ask, for what is spooled, and without a login', () => {
    const { send, published } = start();
    for (const each of [notified, spooled, asking('u2s/a', spooled)]) send(each);
    const without = start(false);
    without.send(asking('u2s/a'));
    expect([...published, ...without.published]).to.deep.equal([]);
  });

  it('are counted by what became of them; a refusal is reported', () => {
    const { send, fates, reports, end } = start();
    for (const fate of ['published', 'dropped', 'refused'] as const) {
      send(asking('u2s/a'));
      end(fate);
    }
    send(asking('s2u/a'));
    expect(fates).to.deep.equal(['published', 'dropped', 'refused', 'refused']);
    expect(reports).to.deep.equal([
      { kind: 'not-published', what: 'receipt', detail: 'the broker refused it' },
      {
        kind: 'not-published',
        what: 'receipt',
        detail: 'its response topic is subscribed to: the message would come back',
      },
    ]);
  });

  it('delay no acknowledgement at a broker that never acknowledges them; what has no room is dropped', () => {
    const publishing = { withReplies: true, farewell: () => undefined };
    const test = servedSession({ publishing, windowMessages: 2_000, windowBytes: 1_000_000 });
    const fates: Fate[] = [];
    const send = receipts({
      session: test.session,
      rulesOf: () => rules,
      ended: (fate) => fates.push(fate),
      report: () => undefined,
    });
    const count = 1_000;
    for (let n = 1; n <= count; n += 1) test.latest.deliver(n);
    for (const publish of test.taken) {
      test.session.settled(publish);
      send({ ...notified, publish: { ...publish, reply: { topic: 'u2s/a' } } });
    }
    expect(test.latest.acknowledged).to.have.length(count);
    expect(test.latest.published).to.have.length(mostInFlight);
    expect(fates).to.deep.equal(Array(count - mostInFlight - mostWaiting).fill('dropped'));
  });
});
