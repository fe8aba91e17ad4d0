import type { Target } from '../lib/rules/target.js';
import type { Send } from './plan.js';

/** What the promise is about. */
export const invariants = {
  'ack-early': 'acknowledged ⇒ notified, dead-lettered or durably spooled',
  'ack-order': 'acknowledgements leave in order of receipt, on the connection of their publish',
  lost: 'what was acknowledged, or is still with the broker, ends as notified or dead-lettered',
  'settled-twice': 'one settlement a publish in a daemon’s life',
  'over-cap': 'unacknowledged ≤ cap',
  order: 'per app, first notifications in order of receipt',
  unregistered: 'nothing to an app that was not registered or allowed when it was routed',
  stale: 'nothing after its expiry',
  twice: 'a second notification only after a crash or a call without an answer',
  starved: 'no healthy app waits for another’s trouble',
  deaf: 'when faults stop, everything settles within a bound',
  left: 'nothing is left in spool or window when everything has settled',
  'given-up': 'nothing is dead-lettered before its time is over',
  ageing: 'what is spooled leaves at its age',
  'half-delivered': 'what one target accepted is notified to the other, or the dead letter says so',
  counters: 'counters equal events',
  stop: 'SIGTERM ends the daemon within the grace time, without a timer left',
  bug: 'nothing throws',
  busy: 'no storm of calls or writes',
} as const;

export type Invariant = keyof typeof invariants;

/** What became of a message, as the world outside knows it. */
export interface Sent {
  readonly id: number;
  readonly send: Send;
  readonly name: string;
  readonly topic: string;
  readonly text: string;
  readonly at: number;
  /** By MQTT's expiry. */
  readonly expiresAt: number;
  /** The broker has it no more, though it has not read an acknowledgement. */
  lost: boolean;
  acked: boolean;
  /** How many publishes came in before its first one. */
  order: number;
  /** Its first receipt that the daemon can know of. */
  receivedAt: number | undefined;
  /**
   * The end of its lifetime, by the latest of the receipts that the daemon may go by: a copy in the spool has its own, and
   * brokers count whole seconds.
   */
  deadline: number;
  /** Its very first receipt, which a daemon may know of. */
  firstReceivedAt: number | undefined;
  /** The end of its lifetime from then on. */
  firstDeadline: number;
  readonly notified: Record<Target['kind'], Notified>;
  deadLetter: string | undefined;
  /** It was said that its dead letter is lost. */
  letterLost: boolean;
  /** A broker sent it as a retained message. */
  retainedSent: boolean;
  inSpool: boolean;
  /** Of two equal ones, a broker may have lost one. */
  mayMissOne: boolean;
  /** When the daemon said last that it is spooled, notified or dead-lettered. */
  settledAt: number | undefined;
  /** It came in once more after it had ended. */
  isAgain: boolean;
  /** It was received in an earlier boot: how long ago that was can't be known. */
  bootIsOver: boolean;
}

/** What one target had of a message. */
export interface Notified {
  executed: number;
  accepted: boolean;
  /** How often cvmain's answer that it accepted it came. */
  acceptances: number;
  /** Since it was executed last, something happened after which it may be executed again. */
  mayRepeat: boolean;
  /** How many more commands of the same content a broker has sent. */
  copies: number;
}

/** The first thing that was not as promised. */
export interface Violation {
  readonly invariant: Invariant;
  readonly detail: string;
  readonly at: number;
  readonly step: number;
}

const fresh = (copies: number): Notified => ({
  executed: 0,
  accepted: false,
  acceptances: 0,
  mayRepeat: false,
  copies,
});

/** All messages of a run, and what became of them. */
export class Ledger {
  readonly #byName = new Map<string, Sent>();
  readonly #byText = new Map<string, Sent>();
  readonly all: Sent[] = [];
  #receipts = 0;

  send(send: Send, at: number): Sent {
    const { id, to, retain, broken, expiryS } = send;
    const name = `${to}-m${id}x`;
    const equalOnes = send.twice ? 1 : 0;
    const sent: Sent = {
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
      order: 0,
      receivedAt: undefined,
      firstReceivedAt: undefined,
      deadline: 0,
      firstDeadline: Number.POSITIVE_INFINITY,
      notified: { notifier: fresh(equalOnes), external: fresh(equalOnes) },
      deadLetter: undefined,
      letterLost: false,
      retainedSent: false,
      inSpool: false,
      mayMissOne: false,
      settledAt: undefined,
      isAgain: false,
      bootIsOver: false,
    };
    if (broken === undefined || broken === 'too-large' || broken === 'oversized')
      this.#byName.set(name, sent);
    this.#byText.set(sent.text, sent);
    this.all.push(sent);
    return sent;
  }

  named(name: string): Sent | undefined {
    return this.#byName.get(name);
  }

  withText(text: string): Sent | undefined {
    return this.#byText.get(text);
  }

  /** A publish of it came in. */
  received(sent: Sent, now: number, expiresInMs: number | undefined): void {
    this.#receipts += 1;
    if (sent.order === 0) sent.order = this.#receipts;
    if (sent.receivedAt !== undefined) return;
    sent.receivedAt = now;
    sent.firstReceivedAt ??= now;
    const { timeoutMs = Number.POSITIVE_INFINITY } = sent.send;
    const deadline = now + Math.min(expiresInMs ?? Number.POSITIVE_INFINITY, timeoutMs);
    sent.deadline = Math.max(sent.deadline, deadline);
    sent.firstDeadline = Math.min(sent.firstDeadline, deadline);
  }
}

/** The bytes of each are its own. */
const textOf = ({ id, broken, bytes, timeoutMs }: Send, name: string): string => {
  if (broken === 'undecodable') return `{"function":"x","timeout":"m${id}x"}`;
  if (broken === 'malformed-name') return `{"function":"nodash.m${id}x"}`;
  // Of what is oversized, the daemon has the beginning.
  if (broken === 'oversized') return `{"function":"${name}","body":"${'x'.repeat(4_000)}`;
  const body = 'x'.repeat(broken === 'too-large' ? 33_000 : (bytes ?? 10));
  return JSON.stringify({ function: name, body, ...(timeoutMs === undefined ? {} : { timeout: timeoutMs }) });
};

/** Whether it has ended for good. */
export const hasEnded = (sent: Sent, toExternal: boolean): boolean =>
  sent.deadLetter !== undefined ||
  (sent.notified.notifier.accepted && (!toExternal || sent.notified.external.accepted));

/** Whether one of two equal commands has not been accepted, and must be. */
export const isOneMissing = ({ send, lost, mayMissOne, deadLetter, letterLost, notified }: Sent): boolean =>
  send.twice === true &&
  send.qos !== 0 &&
  !(lost || mayMissOne || letterLost) &&
  deadLetter === undefined &&
  notified.notifier.acceptances < 2;

/** The daemon can't know any more that it was received: that starts anew. */
export const forgetReceipt = (sent: Sent): void => {
  sent.receivedAt = undefined;
};
