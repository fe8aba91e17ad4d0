import * as t from 'io-ts';
import { shortened } from '../util/printable.js';
import type { Settlement } from './settlement.js';

/**
 * What the server is told about a message once it is settled. `status` and `msg_body` are those of the platform's answers
 * (docs/domain.md#message); `function` is the message's full name, absent if it has none that can be read.
 */
export const Receipt = t.exact(
  t.intersection([
    t.type({ status: t.keyof({ OK: null, FAILED: null }), msg_body: t.string }),
    t.partial({ function: t.string }),
  ]),
);

export type Receipt = t.TypeOf<typeof Receipt>;

/** Longest text in a receipt, characters: that of a command's body (docs/domain.md#message). */
const maxText = 512;

/**
 * The receipt of a settlement: OK if cvmain accepted every notification, FAILED with the reason of the dead letter. Undefined for
 * a spooled message, which is settled later. Texts are shortened.
 */
export const receiptOf = (settlement: Settlement): Receipt | undefined => {
  const { kind, message } = settlement;
  if (kind === 'spooled') return undefined;
  const name = message === undefined ? {} : { function: shortened(message.name, maxText) };
  return kind === 'notified'
    ? { ...name, status: 'OK', msg_body: 'notified' }
    : {
        ...name,
        status: 'FAILED',
        msg_body: shortened(`${settlement.reason}: ${settlement.detail}`, maxText),
      };
};
