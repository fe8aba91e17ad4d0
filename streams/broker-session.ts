import { defer, type Observable, type SchedulerLike, Subject, Subscription } from 'rxjs';
import type { AckWindow } from '../lib/broker/ack-window.js';
import type { CloseReason } from '../lib/broker/close-reason.js';
import type { Connection, ConnectionEvents, Incoming } from '../lib/broker/connection.js';
import { lossesAfter, suggestRival } from '../lib/broker/rival.js';
import type { Credentials } from '../lib/config/credentials.js';
import { type Backoff, backoffMs } from '../lib/delivery/backoff.js';
import type { RetainedRecord } from '../lib/files/retained-record.js';
import type { Report } from '../lib/log/event.js';
import type { Publish } from '../lib/message/publish.js';

/** What a session stands on. */
export interface BrokerSessionDeps {
  /** The login, and each new one: a change means a clean reconnect with the same session (design.md, decision 12). */
  readonly credentials$: Observable<Credentials>;
  readonly open: (credentials: Credentials, protocolVersion: 4 | 5, events: ConnectionEvents) => Connection;
  /** `auto` is 5, and 4 (which is 3.1.1) where the broker refuses that. */
  readonly protocolVersion: 'auto' | 4 | 5;
  /** Unacknowledged messages past which no more are taken, and their bytes. */
  readonly windowMessages: number;
  readonly windowBytes: number;
  /** How long no packet may be taken: pings wait too, so this is well under half a keepalive; ms. */
  readonly fullMs: number;
  /** What the session has unacknowledged: it outlasts this object, as the session at the broker does. */
  readonly ackWindow: AckWindow;
  /** The retained messages that have run: sent again, they are acknowledged and not taken. */
  readonly retained: RetainedRecord;
  readonly reconnect: Backoff;
  /** A connection that held for so long starts the backoff anew, ms. */
  readonly stableMs: number;
  readonly scheduler: SchedulerLike;
  readonly random: () => number;
  readonly report: Report;
}

/** The session with the broker, across connections. */
export interface BrokerSession {
  /** What the broker delivers, each message once in a session. Subscribe once: that connects. */
  readonly publishes$: Observable<Publish>;
  /** The publish is settled: it is acknowledged as soon as all before it are. */
  settled(publish: Publish): void;
  /** Takes no more messages, and completes; those that were taken can still be settled, while the connection lasts. */
  stopTaking(): void;
  /** Disconnects; resolves when the connection has ended. What is not settled is forgotten: it comes again. */
  close(): Promise<void>;
}

/**
 * Keeps one persistent session at the broker: connects, subscribes, reconnects with backoff, and takes messages only while
 * its window has room (design.md, decisions 1–3). When it stays full, it disconnects until all is settled, as pings can't
 * be read either; the broker keeps the rest.
 */
export const brokerSession = (deps: BrokerSessionDeps): BrokerSession => {
  const { report, scheduler, ackWindow } = deps;
  const publishes = new Subject<Publish>();
  let connection: Connection | undefined;
  let login: Credentials | undefined;
  let version: 4 | 5 = deps.protocolVersion === 'auto' ? 5 : deps.protocolVersion;
  let subscribed: readonly string[] = [];
  let nextSeq = 1;
  let failures = 0;
  let losses = 0;
  let connectedAt = Number.POSITIVE_INFINITY;
  let fullAt = Number.NEGATIVE_INFINITY;
  /** What the end of the connection is followed by. */
  let then: 'back-off' | 'reconnect' | 'drain' | 'nothing' = 'back-off';
  let ending = false;
  let draining = false;
  let stopping = false;
  let allEnded = (): void => undefined;
  let renewals = Subscription.EMPTY;
  let backoff = Subscription.EMPTY;
  let full = Subscription.EMPTY;

  const open = (): void => {
    if (login === undefined) return;
    then = 'back-off';
    ending = false;
    draining = false;
    connection = deps.open(login, version, {
      connected,
      publish,
      pingSent: () => ackWindow.pingSent(),
      pingAnswered: () => ackWindow.pingAnswered(),
      pingOverdue,
      closed,
    });
  };

  const connected = (sessionPresent: boolean): void => {
    if (login === undefined) return;
    const { address, filters } = login;
    report({ kind: 'connected', address, protocolVersion: version, sessionPresent });
    connectedAt = scheduler.now();
    ackWindow.connected(sessionPresent);
    if (!sessionPresent) {
      subscribed = [];
      deps.retained.clear();
    }
    if (sameFilters(filters, subscribed)) return;
    connection?.subscribe(filters, (granted) => {
      report({ kind: granted ? 'subscribed' : 'subscription-refused', filters });
      if (granted) subscribed = filters;
      else end('back-off');
    });
  };

  const publish = (incoming: Incoming): boolean => {
    if (stopping) return false;
    const { packetId } = incoming;
    const taken = numbered(incoming, nextSeq++);
    const isNew = packetId === undefined || ackWindow.receive({ packetId, publish: taken });
    if (isNew && !(taken.retain && deps.retained.has(taken))) publishes.next(taken);
    else {
      ackWindow.settle(taken.seq);
      acknowledge();
    }
    if (hasRoom()) return true;
    fullAt = scheduler.now();
    full.unsubscribe();
    full = scheduler.schedule(stayedFull, deps.fullMs);
    return false;
  };

  // A broker that keeps to Receive Maximum fills the window and never passes it: then packets, and pings, still flow.
  const hasRoom = (): boolean =>
    !stopping && ackWindow.size <= deps.windowMessages && ackWindow.bytes <= deps.windowBytes;

  const stayedFull = (): void => {
    if (!hasRoom()) leave();
  };

  // Where packets are taken one by one, as room comes, the answer to a ping is behind all that the broker sent before it.
  const pingOverdue = (): void => {
    if (scheduler.now() - fullAt <= deps.fullMs) leave();
  };

  const leave = (): void => {
    // It ends anyway, or what was taken is still to be acknowledged on it.
    if (ending || stopping) return;
    report({ kind: 'window-full', messages: ackWindow.size, bytes: ackWindow.bytes });
    end('drain');
  };

  const closed = (reason: CloseReason): void => {
    connection = undefined;
    full.unsubscribe();
    ackWindow.disconnected();
    const heldMs = scheduler.now() - connectedAt;
    if (heldMs >= deps.stableMs) failures = 0;
    connectedAt = Number.POSITIVE_INFINITY;
    if (then === 'nothing') {
      allEnded();
      return;
    }
    if (reason.kind === 'unsupported-version' && deps.protocolVersion === 'auto' && version === 5) {
      version = 4;
      open();
    } else if (then === 'reconnect') open();
    else if (then === 'drain') {
      draining = true;
      reopenDrained();
    } else {
      const waitMs = backoffMs(deps.reconnect, failures++, deps.random);
      losses = lossesAfter(losses, reason, heldMs, deps.stableMs);
      const rival = suggestRival(losses) ? { rivalLikely: true } : {};
      report({ kind: 'disconnected', reason, waitMs, ...rival });
      backoff = scheduler.schedule(open, waitMs);
    }
  };

  const reopenDrained = (): void => {
    if (draining && ackWindow.unsettled === 0) open();
  };

  const end = (next: typeof then): void => {
    then = next;
    ending = true;
    connection?.end();
  };

  const acknowledge = (): void => {
    // It would not leave any more; what stays in the window is known when it comes again.
    if (ending) return;
    connection?.acknowledge(ackWindow.release());
    if (hasRoom()) connection?.resume();
  };

  const renew = (renewed: Credentials): void => {
    login = renewed;
    backoff.unsubscribe();
    if (connection === undefined) open();
    else end('reconnect');
  };

  const connectNoMore = (): void => {
    then = 'nothing';
    draining = false;
    renewals.unsubscribe();
    backoff.unsubscribe();
    full.unsubscribe();
  };

  return {
    publishes$: defer(() => {
      renewals = deps.credentials$.subscribe({ next: renew, error: (bug) => publishes.error(bug) });
      return publishes;
    }),
    settled: (publish) => {
      if (publish.retain) deps.retained.add(publish);
      if (publish.qos === 0) return;
      ackWindow.settle(publish.seq);
      acknowledge();
      reopenDrained();
    },
    stopTaking: () => {
      stopping = true;
      connectNoMore();
      publishes.complete();
    },
    close: async () => {
      connectNoMore();
      if (connection !== undefined) {
        await new Promise<void>((resolve) => {
          allEnded = resolve;
          end('nothing');
        });
      }
      ackWindow.forgetUnsettled();
    },
  };
};

const numbered = (
  { topic, payload, qos, retain, dup, receivedAt, expiresInMs }: Incoming,
  seq: number,
): Publish => {
  const publish = { seq, topic, payload, qos, retain, dup, receivedAt };
  return expiresInMs === undefined ? publish : { ...publish, expiresInMs };
};

const sameFilters = (some: readonly string[], others: readonly string[]): boolean =>
  some.length === others.length && some.every((filter) => others.includes(filter));
