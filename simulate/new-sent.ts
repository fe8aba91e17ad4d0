import type { Notified, Sent } from './ledger.js';
import type { Send } from './plan.js';

/** A message that the server sends at this time, ms. Nothing has become of it yet. */
export const newSent = (send: Send, at: number): Sent => {
  const { id, to, retain, expiryS } = send;
  const name = `${to}-m${id}x`;
  const equalOnes = send.twice ? 1 : 0;
  return {
    id,
    send,
    name,
    // A topic has one retained message.
    topic: `s2u/cv1/${retain ? `r${id}` : 'command'}`,
    text: textOf(send, name),
    at,
    expiresAt: expiryS === undefined ? Number.POSITIVE_INFINITY : at + expiryS * 1_000,
    lost: false,
    acked: false,
    leftAt: undefined,
    order: 0,
    mayComeLate: false,
    receivedAt: undefined,
    firstReceivedAt: undefined,
    deadline: 0,
    firstDeadline: Number.POSITIVE_INFINITY,
    notified: { notifier: fresh(equalOnes), external: fresh(equalOnes) },
    deadLetter: undefined,
    letterLost: false,
    retainedSent: false,
    inSpool: false,
    inMemory: 0,
    isEarly: false,
    mayMissOne: false,
    settledAt: undefined,
    isAgain: false,
    bootIsOver: false,
  };
};

const fresh = (copies: number): Notified => ({
  executed: 0,
  accepted: false,
  acceptances: 0,
  mayRepeat: false,
  copies,
});

/** The payload of a message; no other message has the same bytes, except an equal command. */
const textOf = ({ id, broken, bytes, timeoutMs }: Send, name: string): string => {
  if (broken === 'undecodable') return `{"function":"x","timeout":"m${id}x"}`;
  if (broken === 'malformed-name') return `{"function":"nodash.m${id}x"}`;
  // The daemon keeps only the beginning of an oversized message.
  if (broken === 'oversized') return `{"function":"${name}","body":"${'x'.repeat(4_000)}`;
  const body = 'x'.repeat(broken === 'too-large' ? 33_000 : (bytes ?? 10));
  return JSON.stringify({ function: name, body, ...(timeoutMs === undefined ? {} : { timeout: timeoutMs }) });
};
