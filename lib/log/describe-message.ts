import { messageKey } from '../rules/message/message-key.js';
import type { Settlement } from '../rules/settlement.js';
import { stepOf } from '../rules/steps.js';
import { shortened } from '../util/printable.js';
import { type LogRecord, warn } from './record.js';

/** The log record of a settlement: of level debug unless it is a dead letter. */
export const settled = (settlement: Settlement): LogRecord => {
  const { attempts, tookMs, message, publish } = settlement;
  const fields = { ...identity(settlement), attempts, took_ms: Math.round(tookMs) };
  // Short enough to leave room for the result.
  const name = shortened(message?.name ?? `a message on ${publish.topic}`, 100);
  return settlement.kind !== 'dead-lettered'
    ? { level: 'debug', message: `${name}: ${settlement.kind}`, fields }
    : warn(`${name}: ${settlement.reason}: ${settlement.detail}`, {
        ...fields,
        reason: settlement.reason,
        step: stepOf(settlement.reason, attempts > 0),
      });
};

/** The fields that identify a message. */
export const identity = ({ publish, message }: Settlement) => ({
  key: messageKey(publish),
  name: message && shortened(message.name),
  topic: shortened(publish.topic),
  qos: publish.qos,
  received_at: new Date(publish.receivedAt).toISOString(),
});
