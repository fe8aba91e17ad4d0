import { createHash } from 'node:crypto';

/** Names a message in events to whoever sent it: SHA-256 of topic and payload, hex. */
export const digestOf = (topic: string, payload: Uint8Array): string =>
  createHash('sha256').update(topic).update('\0').update(payload).digest('hex');
