import type { Held, Released } from '../rules/delivery/hold.js';
import type { Message } from '../rules/message/decode.js';
import { messageKey } from '../rules/message/message-key.js';
import type { Publish } from '../rules/message/publish.js';
import type { Settlement } from '../rules/settlement.js';
import { stepOf } from '../rules/steps.js';
import { showDuration } from '../util/duration.js';
import { nearest } from '../util/nearest.js';
import { plural } from '../util/plural.js';
import { shortened } from '../util/printable.js';
import { info, type LogRecord, warn } from './record.js';

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

/** The log record of a message that begins to be held: made when it is written, as a burst may hold thousands of names. */
export const held = (event: Held): LogRecord => {
  const made = (): LogRecord => {
    const { message, waitMs, integrations } = event;
    const near = nearest(message.integration, [...integrations.keys()]);
    const hint = near === undefined ? '' : `; the nearest registered name is "${shortened(near, 100)}"`;
    const names = `"${shortened(message.integration, 100)}" is not registered${hint}: ${shortened(message.name, 100)}`;
    return info(`${names} waits for it, up to ${showDuration(waitMs)}`, {
      ...identity({ publish: message.publish, message }),
      wait_ms: Math.round(waitMs),
      nearest: near,
    });
  };
  return {
    level: 'info',
    get message() {
      return made().message;
    },
    get fields() {
      return made().fields;
    },
  };
};

/** The log record of held messages whose app has registered. */
export const released = ({ message, afterMs, messages, andSpooled }: Released): LogRecord => {
  const waiting = `${plural(messages, 'message')}${andSpooled ? ' in memory and more in the spool' : ''}`;
  return info(
    `"${shortened(message.integration, 100)}" has registered after ${showDuration(afterMs)}: ${waiting} waited for it`,
    {
      ...identity({ publish: message.publish, message }),
      messages,
      after_ms: Math.round(afterMs),
    },
  );
};

/** The fields that identify a message. */
export const identity = ({
  publish,
  message,
}: {
  readonly publish: Publish;
  readonly message?: Message;
}) => ({
  key: messageKey(publish),
  name: message && shortened(message.name),
  topic: shortened(publish.topic),
  qos: publish.qos,
  received_at: new Date(publish.receivedAt).toISOString(),
});
