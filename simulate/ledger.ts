import type { Target } from '../lib/rules/target.js';
import { newSent } from './new-sent.js';
import type { Send } from './plan.js';

/** The invariants, by name. */
export const invariants = {
  'ack-early': 'acknowledged ⇒ notified, dead-lettered or durably spooled',
  'ack-order': 'acknowledgements leave in order of receipt, on the connection of their publish',
  lost: 'each publish that is acknowledged or still at the broker is eventually notified or dead-lettered',
  'settled-twice': 'at most one settlement of a publish per process',
  'over-cap': 'unacknowledged ≤ cap',
  order: 'per app, first notifications in order of receipt',
  unregistered: 'nothing is notified to an app that was not registered or allowed when it was routed',
  stale: 'nothing is notified after its expiry',
  twice: 'a second notification only after a crash or a call without an answer',
  starved: 'no healthy app waits because another one is in trouble',
  deaf: 'when faults stop, everything settles within a bound',
  left: 'nothing is left in spool or window when everything has settled',
  'given-up': 'nothing is dead-lettered early',
  ageing: 'a spooled message leaves the spool at its age limit',
  'half-delivered': 'a message that one target accepted is notified to the other, or the dead letter says so',
  counters: 'the counters match the events',
  stop: 'SIGTERM ends the daemon within the grace time, with no timer left',
  stuck: 'the watchdog takes nothing for stuck',
  bug: 'nothing throws',
  busy: 'no storm of calls or writes',
} as const;

export type Invariant = keyof typeof invariants;

/** A message that the server sent, and what became of it as seen from outside the daemon. */
export interface Sent {
  readonly id: number;
  readonly send: Send;
  readonly name: string;
  readonly topic: string;
  readonly text: string;
  readonly at: number;
  /** End of the MQTT message expiry interval, ms. */
  readonly expiresAt: number;
  /** The broker lost it before it read an acknowledgement. */
  lost: boolean;
  acked: boolean;
  /** When the daemon last acknowledged it, unless it was received again since, ms. */
  leftAt: number | undefined;
  /** Its place in the order of first receipts, from 1; 0 if it has none until it is received again. */
  order: number;
  /** Later ones may be notified before it: it was refused or given up, and a crash may have lost its dead letter. */
  mayComeLate: boolean;
  /** The first receipt that the daemon can still know, ms. */
  receivedAt: number | undefined;
  /**
   * End of its lifetime, ms, counted from the latest receipt that the daemon may use: a copy in the spool has
   * its own, and brokers count whole seconds.
   */
  deadline: number;
  /** Its very first receipt, ms; the daemon may or may not know it. */
  firstReceivedAt: number | undefined;
  /** End of its lifetime counted from the very first receipt, ms. */
  firstDeadline: number;
  readonly notified: Record<Target['kind'], Notified>;
  deadLetter: string | undefined;
  /** The daemon reported that its dead letter is lost. */
  letterLost: boolean;
  /** A broker has sent it as a retained message. */
  retainedSent: boolean;
  inSpool: boolean;
  /** Number of its publishes that the running daemon has received and not settled; copies that it recognises may count. */
  inMemory: number;
  /** It was sent to cvmain before the spool could be opened. */
  isEarly: boolean;
  /** A broker may have lost one of the two equal commands. */
  mayMissOne: boolean;
  /** When the daemon last reported it as spooled, notified or dead-lettered, ms. */
  settledAt: number | undefined;
  /** It was received again after it was settled. */
  isAgain: boolean;
  /** It was received in an earlier boot, so its age is unknown. */
  bootIsOver: boolean;
}

/** What one target got of a message. */
export interface Notified {
  executed: number;
  accepted: boolean;
  /** Number of calls that cvmain answered with success. */
  acceptances: number;
  /** Something has happened since its last execution that allows another one. */
  mayRepeat: boolean;
  /** Number of further commands with the same content that a broker sent. */
  copies: number;
}

/** The first violation of a run. */
export interface Violation {
  readonly invariant: Invariant;
  readonly detail: string;
  readonly at: number;
  readonly step: number;
}

/** All messages of a run and what became of them. */
export class Ledger {
  readonly #byName = new Map<string, Sent>();
  readonly #byText = new Map<string, Sent>();
  readonly all: Sent[] = [];
  #receipts = 0;

  send(send: Send, at: number): Sent {
    const sent = newSent(send, at);
    const { broken } = send;
    if (broken === undefined || broken === 'too-large' || broken === 'oversized')
      this.#byName.set(sent.name, sent);
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

  /** Records the receipt of a publish. */
  received(sent: Sent, now: number, expiresInMs: number | undefined): void {
    this.#receipts += 1;
    sent.leftAt = undefined;
    sent.inMemory = Math.min(sent.inMemory + 1, sent.send.twice ? 2 : 1);
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

/** True if the message needs nothing more: notified to all targets or dead-lettered. */
export const hasEnded = (sent: Sent, toExternal: boolean): boolean =>
  sent.deadLetter !== undefined ||
  (sent.notified.notifier.accepted && (!toExternal || sent.notified.external.accepted));

/** True if one of two equal commands still has to be accepted. */
export const isOneMissing = ({ send, lost, mayMissOne, deadLetter, letterLost, notified }: Sent): boolean =>
  send.twice === true &&
  send.qos !== 0 &&
  !(lost || mayMissOne || letterLost) &&
  deadLetter === undefined &&
  notified.notifier.acceptances < 2;

/** Forgets the receipt: the daemon can no longer know of it. */
export const forgetReceipt = (sent: Sent): void => {
  sent.receivedAt = undefined;
};
