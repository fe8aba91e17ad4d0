import { createHash } from 'node:crypto';
import type { Publish } from './publish.js';

/** Hex digits of a key: 48 bits, as many as the id of a dead letter has. */
const length = 12;

/**
 * The key of a message: the same in the log, in its dead letter and in a capture by another client, because it is made of
 * what all of them see: the beginning of the SHA-256 of topic, NUL and payload (of a payload that was not kept whole, of its
 * SHA-256 in hex). Equal messages have the same key; their times of receipt differ. Costs a hash of the payload.
 */
export const messageKey = ({ topic, payload, oversized }: Publish): string =>
  createHash('sha256')
    .update(topic)
    .update('\0')
    .update(oversized?.sha256 ?? ('text' in payload ? payload.text : payload.bytes))
    .digest('hex')
    .slice(0, length);
