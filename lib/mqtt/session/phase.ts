import type { CloseReason } from '../connection/connection.js';
import type { EndReason } from './end-reason.js';

/** Next step after the end of a connection. */
export type AfterEnd = 'back-off' | 'reconnect' | 'drain' | 'nothing';

/** Phase of a session. */
export type Phase =
  /** No login yet. */
  | { readonly kind: 'offline' }
  /** Disconnected until the next attempt is due. */
  | { readonly kind: 'waiting' }
  /** Disconnected until everything received is settled, because the window stayed full. */
  | { readonly kind: 'draining' }
  | { readonly kind: 'connecting' }
  /** CONNACK accepted the login. `renewing`: a reconnect with another login is planned. */
  | { readonly kind: 'connected'; readonly renewing: boolean }
  /** Takes no more publishes: those received are settled and acknowledged, then the session reconnects. */
  | { readonly kind: 'handing-over' }
  /** Takes no more publishes, and still acknowledges. */
  | { readonly kind: 'stopping' }
  /** This side is closing the connection. */
  | { readonly kind: 'ending'; readonly next: AfterEnd }
  /** Disconnected for good. */
  | { readonly kind: 'stopped' };

/** Events of a session. */
export type SessionEvent =
  /** A new login. `moved`: for another session, see `sessionName`. `atOnce`: worth an attempt ahead of the wait. */
  | { readonly kind: 'login'; readonly moved: boolean; readonly atOnce: boolean }
  /** CONNACK accepted the connection. `isCurrent`: with the newest login. */
  | { readonly kind: 'accepted'; readonly isCurrent: boolean }
  /** The connection ended. `otherVersion`: try the other version of MQTT at once. */
  | {
      readonly kind: 'closed';
      readonly reason: CloseReason;
      readonly otherVersion: boolean;
      readonly allSettled: boolean;
    }
  /** The wait of the last effect has passed. */
  | { readonly kind: 'due' }
  /** The window stayed full, so PINGRESP can't be read either. */
  | { readonly kind: 'full' }
  /** The broker granted no subscription. */
  | { readonly kind: 'useless' }
  /** `allSettled`: no publish is unsettled; `allAcknowledged`: the window is empty, too. */
  | { readonly kind: 'settled'; readonly allSettled: boolean; readonly allAcknowledged: boolean }
  /** Take no more publishes. */
  | { readonly kind: 'stop' }
  /** Disconnect for good. */
  | { readonly kind: 'close' };

/** Effects of a step; a wait replaces the one before. */
export type SessionEffect =
  /** Connect with the newest login. */
  | { readonly kind: 'open' }
  /** Close the connection with DISCONNECT. */
  | { readonly kind: 'end' }
  /** Wait as {@link ReconnectPolicy} says. */
  | { readonly kind: 'back-off'; readonly reason: EndReason }
  /** The version in use may be the older one: try the newer one again in a day. */
  | { readonly kind: 'plan-version' }
  /** Hand over after the wait of the reconnect policy. */
  | { readonly kind: 'plan-renewal' }
  /** Take no more publishes, and give those in flight a short time. */
  | { readonly kind: 'hand-over' }
  /** Report that the session has ended. */
  | { readonly kind: 'ended' };

/** The next phase and its effects. */
export interface Step {
  readonly phase: Phase;
  readonly effect?: SessionEffect;
}

/** Decides when a session connects and why a connection ends (docs/architecture.md#decision-12). Pure. */
export const stepSession = (phase: Phase, event: SessionEvent): Step => {
  switch (event.kind) {
    case 'login':
      return onLogin(phase, event);
    case 'accepted':
      if (phase.kind !== 'connecting') return { phase };
      return event.isCurrent
        ? { phase: { kind: 'connected', renewing: false }, effect: { kind: 'plan-version' } }
        : planRenewal;
    case 'closed':
      return onClosed(phase, event);
    case 'due':
      return onDue(phase);
    case 'full':
      return phase.kind === 'connected' ? end('drain') : { phase };
    case 'useless':
      return phase.kind === 'connected' || phase.kind === 'handing-over' ? end('back-off') : { phase };
    case 'settled':
      if (phase.kind === 'handing-over' && event.allAcknowledged) return end('reconnect');
      return phase.kind === 'draining' && event.allSettled ? open : { phase };
    case 'stop':
      return { phase: stoppedFrom(phase) };
    case 'close':
      return onClose(phase);
  }
};

const open: Step = { phase: { kind: 'connecting' }, effect: { kind: 'open' } };
const planRenewal: Step = { phase: { kind: 'connected', renewing: true }, effect: { kind: 'plan-renewal' } };
const ended: Step = { phase: { kind: 'stopped' }, effect: { kind: 'ended' } };

const end = (next: AfterEnd): Step => ({ phase: { kind: 'ending', next }, effect: { kind: 'end' } });

const onLogin = (phase: Phase, { moved, atOnce }: SessionEvent & { readonly kind: 'login' }): Step => {
  switch (phase.kind) {
    case 'offline':
      return open;
    case 'waiting':
      // A login that keeps changing does not shorten the wait each time.
      return moved || atOnce ? open : { phase };
    case 'draining':
      return moved ? open : { phase };
    case 'connecting':
      return moved ? end('reconnect') : { phase };
    case 'connected':
      return phase.renewing ? { phase } : planRenewal;
    case 'ending':
      return moved && phase.next !== 'nothing' ? { phase: { kind: 'ending', next: 'reconnect' } } : { phase };
    default:
      return { phase };
  }
};

const onClosed = (
  phase: Phase,
  { reason, otherVersion, allSettled }: SessionEvent & { readonly kind: 'closed' },
): Step => {
  const next = afterEnd(phase);
  if (next === 'nothing') return ended;
  if (next === 'reconnect' || otherVersion) return open;
  if (next === 'drain') return allSettled ? open : { phase: { kind: 'draining' } };
  // Only a connection without a subscription is ended with this step in mind. What the broker refused meanwhile counts more.
  const isUseless = phase.kind === 'ending' && reason.kind === 'lost';
  const why: EndReason = isUseless ? { kind: 'not-subscribed' } : reason;
  return { phase: { kind: 'waiting' }, effect: { kind: 'back-off', reason: why } };
};

const afterEnd = (phase: Phase): AfterEnd => {
  switch (phase.kind) {
    case 'ending':
      return phase.next;
    case 'stopping':
      return 'nothing';
    case 'handing-over':
      // The broker may have closed it because its login expired.
      return 'reconnect';
    default:
      return 'back-off';
  }
};

const onDue = (phase: Phase): Step => {
  switch (phase.kind) {
    case 'waiting':
      return open;
    case 'connected':
      return { phase: { kind: 'handing-over' }, effect: { kind: 'hand-over' } };
    case 'handing-over':
      return end('reconnect');
    default:
      return { phase };
  }
};

const stoppedFrom = (phase: Phase): Phase => {
  switch (phase.kind) {
    case 'connecting':
    case 'connected':
    case 'handing-over':
      return { kind: 'stopping' };
    case 'ending':
      return { kind: 'ending', next: 'nothing' };
    case 'stopping':
      return phase;
    default:
      return { kind: 'stopped' };
  }
};

const onClose = (phase: Phase): Step => {
  const stopped = stoppedFrom(phase);
  if (stopped.kind === 'stopping') return end('nothing');
  return stopped.kind === 'stopped' ? ended : { phase: stopped };
};
