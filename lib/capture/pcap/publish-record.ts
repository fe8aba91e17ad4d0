import { payloadOf } from '../../rules/message/payload.js';
import { propertiesOfWire } from '../properties.js';
import type { CapturedPublish, CaptureRecord } from '../record.js';
import type { Said } from './session.js';

/** Makes records of what was said, in the order in which it is given; times never go back. The first publish is the start. */
export const recordMaker = (): ((said: Said) => CaptureRecord) => {
  let publishes = 0;
  let startedAt: number | undefined;
  let lastMs = 0;
  return (said) => {
    if (said.kind === 'broken')
      return { kind: 'broken', line: said.number, unit: 'packet', detail: said.detail };
    const { topic, qos, retain, dup, payload, messageId, properties: wire } = said.publish;
    lastMs = Math.max(lastMs, said.timeMs);
    startedAt ??= lastMs;
    publishes += 1;
    const properties = propertiesOfWire(wire);
    const expiryS = wire?.messageExpiryInterval;
    return {
      kind: 'publish',
      offsetMs: Math.round((lastMs - startedAt) * 1000) / 1000,
      publish: {
        seq: publishes,
        topic,
        payload: payloadOf(Buffer.from(payload)),
        qos,
        retain,
        dup,
        receivedAt: Math.floor(lastMs),
        ...(expiryS === undefined ? {} : { expiresInMs: expiryS * 1000 }),
      },
      ...(messageId === undefined ? {} : { packetId: messageId }),
      ...(properties === undefined ? {} : { properties }),
    } satisfies CapturedPublish;
  };
};
