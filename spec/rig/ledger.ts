import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { decodeJsonWith } from '../../lib/util/codec.js';
import { Journal } from './journal.js';
import type { WireTap } from './wire-tap.js';

/** Publishes that the broker sent and the daemon acknowledged, by message body. */
export interface Ledger {
  /** Bodies of acknowledged messages, each once. */
  readonly acknowledged: Journal<string>;
  /** For each connection, in order: the bodies of messages sent on it and not acknowledged. */
  unacknowledged(): readonly (readonly string[])[];
}

const Envelope = t.type({ body: t.string });

/** Keeps the ledger of a tapped connection from now on. */
export function keepLedger({ packets }: WireTap): Ledger {
  const acknowledged = new Journal<string>();
  const known = new Set<string>();
  /** By connection and packet id. */
  const open = new Map<number, Map<number, string>>();
  packets.derive(({ connection, packet }) => {
    const sent = open.get(connection) ?? new Map<number, string>();
    open.set(connection, sent);
    if (packet.cmd === 'publish' && packet.messageId !== undefined) {
      const envelope = decodeJsonWith(Envelope)(packet.payload.toString());
      if (E.isRight(envelope)) sent.set(packet.messageId, envelope.right.body);
    } else if (packet.cmd === 'puback' && packet.messageId !== undefined) {
      const body = sent.get(packet.messageId);
      sent.delete(packet.messageId);
      if (body !== undefined && !known.has(body)) {
        known.add(body);
        acknowledged.put(body);
      }
    }
    return undefined;
  });
  return { acknowledged, unacknowledged: () => [...open.values()].map((sent) => [...sent.values()]) };
}
