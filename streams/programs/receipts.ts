import * as E from 'fp-ts/lib/Either.js';
import type { Credentials } from '../../lib/config/credentials.js';
import { type ReceiptRules, receiptAddress } from '../../lib/config/receipt-address.js';
import type { Report } from '../../lib/log/event.js';
import type { Fate } from '../../lib/mqtt/session/outbox.js';
import { Receipt, receiptOf } from '../../lib/rules/receipt.js';
import type { Settlement } from '../../lib/rules/settlement.js';
import type { BrokerSession } from '../sources/broker-session-deps.js';

/** Dependencies of {@link receipts}. */
export interface ReceiptsDeps {
  readonly session: Pick<BrokerSession, 'publish' | 'login'>;
  readonly rulesOf: (login: Credentials) => ReceiptRules;
  /** Counts what became of a receipt. */
  readonly ended: (fate: Fate) => void;
  readonly report: Report;
}

/**
 * Sends the receipt of a settlement to who wants one; call it once the message is settled. It never waits: a receipt that can't be
 * sent is dropped, and one to a topic that is refused is not sent.
 */
export const receipts = ({ session, rulesOf, ended, report }: ReceiptsDeps) => {
  const refusedByBroker = 'the broker refused it';
  const endedAs = (fate: Fate): void => {
    ended(fate);
    if (fate === 'refused') report({ kind: 'not-published', what: 'receipt', detail: refusedByBroker });
  };
  return (settlement: Settlement): void => {
    const receipt = receiptOf(settlement);
    const login = session.login();
    if (receipt === undefined || login === undefined) return;
    const address = receiptAddress(settlement.publish.reply, rulesOf(login));
    if (E.isLeft(address)) {
      ended('refused');
      report({ kind: 'not-published', what: 'receipt', detail: address.left });
      return;
    }
    if (address.right === undefined) return;
    const { topic, correlation } = address.right;
    session.publish(
      {
        topic,
        payload: JSON.stringify(Receipt.encode(receipt)),
        retain: false,
        ...(correlation === undefined ? {} : { correlationData: Buffer.from(correlation, 'base64') }),
      },
      endedAs,
    );
  };
};
