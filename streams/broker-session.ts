import { Observable, type SchedulerLike, Subscription } from 'rxjs';
import { AckWindow } from '../lib/broker/ack-window.js';
import type { CloseReason } from '../lib/broker/close-reason.js';
import type { Connection, ConnectionEvents, Incoming } from '../lib/broker/connection.js';
import type { Credentials } from '../lib/config/credentials.js';
import { type Backoff, backoffMs } from '../lib/delivery/backoff.js';
import type { Report } from '../lib/log/event.js';
import type { Publish } from '../lib/message/publish.js';

/** What a session stands on. */
export interface BrokerSessionDeps {
  /** The login, and each new one: a change means a clean reconnect with the same session (design.md, decision 12). */
  readonly credentials$: Observable<Credentials>;
  readonly open: (credentials: Credentials, protocolVersion: 4 | 5, events: ConnectionEvents) => Connection;
  /** `auto` is 5, and 4 (which is 3.1.1) where the broker refuses that. */
  readonly protocolVersion: 'auto' | 4 | 5;
  /** Unacknowledged messages at which no more are taken, and their bytes. */
  readonly windowMessages: number;
  readonly windowBytes: number;
  /** How long no packet may be taken: pings wait too, so this is well under half a keepalive; ms. */
  readonly fullMs: number;
  readonly reconnect: Backoff;
  /** A connection that held for so long starts the backoff anew, ms. */
  readonly stableMs: number;
  readonly scheduler: SchedulerLike;
  readonly random: () => number;
  readonly report: Report;
}

/** The session with the broker, across connections. */
export interface BrokerSession {
  /** What the broker delivers, each message once in a session. Subscribe once: that connects; unsubscribing disconnects. */
  readonly publishes$: Observable<Publish>;
  /** The publish is settled: it is acknowledged as soon as all before it are. */
  settled(publish: Publish): void;
  /** Takes no more messages; those that were taken can still be settled. */
  stopTaking(): void;
}

/**
 * Keeps one persistent session at the broker: connects, subscribes, reconnects with backoff, and takes messages only while
 * its window has room (design.md, decisions 1–3). When it stays full, it disconnects until all is settled, as pings can't
 * be read either; the broker keeps the rest.
 */
export const brokerSession = (deps: BrokerSessionDeps): BrokerSession => {
  const { report, scheduler } = deps;
  const ackWindow = new AckWindow();
  let connection: Connection | undefined;
  let credentials: Credentials | undefined;
  let version: 4 | 5 = deps.protocolVersion === 'auto' ? 5 : deps.protocolVersion;
  let subscribed: readonly string[] = [];
  let nextSeq = 1;
  let failures = 0;
  let stableSince = Number.POSITIVE_INFINITY;
  let timer = Subscription.EMPTY;
  let fullTimer = Subscription.EMPTY;
  let afterClose: 'back-off' | 'reconnect' | 'drain' | 'stay' = 'back-off';
  let stopping = false;

  const room = (): boolean =>
    !stopping && ackWindow.size < deps.windowMessages && ackWindow.bytes < deps.windowBytes;

  const open = (emit: (publish: Publish) => void): void => {
    if (credentials === undefined) return;
    const login = credentials;
    afterClose = 'back-off';
    connection = deps.open(login, version, {
      connected: (sessionPresent) => connected(login, sessionPresent),
      publish: (incoming) => take(incoming, emit),
      closed: (reason) => closed(reason, emit),
    });
  };

  const connected = (login: Credentials, sessionPresent: boolean): void => {
    report({ kind: 'connected', address: login.address, protocolVersion: version, sessionPresent });
    stableSince = scheduler.now();
    ackWindow.connected(sessionPresent);
    if (!sessionPresent) subscribed = [];
    const { filters } = login;
    if (sameFilters(filters, subscribed)) return;
    connection?.subscribe(filters, (granted) => {
      report({ kind: granted ? 'subscribed' : 'subscription-refused', filters });
      if (granted) subscribed = filters;
      else connection?.end();
    });
  };

  const take = (incoming: Incoming, emit: (publish: Publish) => void): boolean => {
    if (stopping) return false;
    const { packetId, ...received } = incoming;
    const publish = { ...received, seq: nextSeq++ };
    if (packetId === undefined || ackWindow.receive({ packetId, publish })) emit(publish);
    else acknowledge();
    if (room()) return true;
    fullTimer.unsubscribe();
    fullTimer = scheduler.schedule(stayedFull, deps.fullMs);
    return false;
  };

  const stayedFull = (): void => {
    if (room() || stopping) return;
    report({ kind: 'window-full', messages: ackWindow.size, bytes: ackWindow.bytes });
    afterClose = 'drain';
    connection?.end();
  };

  const closed = (reason: CloseReason, emit: (publish: Publish) => void): void => {
    connection = undefined;
    fullTimer.unsubscribe();
    ackWindow.disconnected();
    if (scheduler.now() - stableSince >= deps.stableMs) failures = 0;
    stableSince = Number.POSITIVE_INFINITY;
    if (afterClose === 'stay') return;
    if (reason.kind === 'unsupported-version' && deps.protocolVersion === 'auto' && version === 5) {
      version = 4;
      open(emit);
    } else if (afterClose === 'reconnect') open(emit);
    else if (afterClose === 'drain') reopenWhenDrained(emit);
    else {
      const waitMs = backoffMs(deps.reconnect, failures++, deps.random);
      report({ kind: 'disconnected', reason, waitMs });
      timer = scheduler.schedule(() => open(emit), waitMs);
    }
  };

  let drained = (): void => undefined;
  const reopenWhenDrained = (emit: (publish: Publish) => void): void => {
    drained = () => {
      if (ackWindow.unsettled > 0 || connection !== undefined) return;
      drained = () => undefined;
      open(emit);
    };
    drained();
  };

  const acknowledge = (): void => {
    connection?.acknowledge(ackWindow.release());
    if (room()) connection?.resume();
  };

  return {
    publishes$: new Observable<Publish>((subscriber) => {
      const emit = (publish: Publish): void => subscriber.next(publish);
      const renew = (renewed: Credentials): void => {
        credentials = renewed;
        timer.unsubscribe();
        if (connection === undefined) open(emit);
        else {
          afterClose = 'reconnect';
          connection.end();
        }
      };
      subscriber.add(deps.credentials$.subscribe({ next: renew, error: (bug) => subscriber.error(bug) }));
      subscriber.add(() => {
        afterClose = 'stay';
        timer.unsubscribe();
        fullTimer.unsubscribe();
        connection?.end();
      });
    }),
    settled: ({ seq, qos }) => {
      if (qos === 0) return;
      ackWindow.settle(seq);
      acknowledge();
      drained();
    },
    stopTaking: () => {
      stopping = true;
    },
  };
};

const sameFilters = (some: readonly string[], others: readonly string[]): boolean =>
  some.length === others.length && some.every((filter) => others.includes(filter));
