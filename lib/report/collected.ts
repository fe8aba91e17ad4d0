import type { Message } from '../rules/message/decode.js';
import { byteLength, type Payload } from '../rules/message/payload.js';
import type { Publish } from '../rules/message/publish.js';
import type { RunCall, RunMessage, RunResult } from './run.js';

/** How much of a payload is kept for display, characters. */
const maxPreview = 200;

/** A message while it is not settled. */
export interface Collected {
  readonly publish: Publish;
  readonly at: number;
  readonly calls: RunCall[];
}

/** The facts of a message for display. Holds nothing of the publish, so that its payload can be freed. */
export const messageOf = (
  { publish, at, calls }: Collected,
  message: Message | undefined,
  result: RunResult | undefined,
): RunMessage => ({
  at,
  topic: publish.topic,
  qos: publish.qos,
  retain: publish.retain,
  dup: publish.dup,
  bytes: publish.oversized?.bytes ?? byteLength(publish.payload),
  preview: previewOf(publish.payload),
  ...(message === undefined ? {} : factsOf(message)),
  calls,
  ...(result === undefined ? {} : { result }),
});

/** About how much memory a message takes, bytes. */
export const sizeOf = ({ topic, preview, name = '', body, calls, result }: RunMessage): number =>
  300 +
  200 * calls.length +
  [topic, preview, name, body?.v ?? '', result?.detail ?? ''].reduce((sum, { length }) => sum + length, 0);

const factsOf = (message: Message) => ({
  name: message.name,
  integration: message.integration,
  // Without an envelope, the payload is the body.
  nameFrom: message.body === message.publish.payload ? ('topic' as const) : ('payload' as const),
  body: {
    k: 'text' in message.body ? ('body' as const) : ('body_base64' as const),
    v: previewOf(message.body),
  },
  ...(Number.isFinite(message.lifetimeMs) ? { lifetimeMs: message.lifetimeMs } : {}),
});

const previewOf = (payload: Payload): string => {
  if ('bytes' in payload) return Buffer.from(payload.bytes.subarray(0, maxPreview)).toString('base64');
  const { text } = payload;
  // A copy: V8 keeps the whole text in memory for a slice of it.
  return text.length <= maxPreview
    ? text
    : Buffer.from(text.slice(0, maxPreview), 'utf16le').toString('utf16le');
};
