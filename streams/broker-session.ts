import { defer, type Observable, Subject, Subscription } from 'rxjs';
import type { CloseReason } from '../lib/broker/close-reason.js';
import type { Connack, Connection, ConnectionEvents, Incoming } from '../lib/broker/connection.js';
import { Setbacks, type SetbacksDeps } from '../lib/broker/setbacks.js';
import type { Credentials } from '../lib/config/credentials.js';
import type { RetainedRecord } from '../lib/files/retained-record.js';
import type { Report } from '../lib/log/event.js';
import type { Publish } from '../lib/message/publish.js';
import { type WindowRoomDeps, windowRoom } from './window-room.js';

/** What a session stands on. */
export interface BrokerSessionDeps extends WindowRoomDeps, SetbacksDeps {
  /** The login, and each new one: a change means a clean reconnect with the same session (design.md, decision 12). */
  readonly credentials$: Observable<Credentials>;
  readonly open: (credentials: Credentials, protocolVersion: 4 | 5, events: ConnectionEvents) => Connection;
  /** `auto` is 5, and 4 (which is 3.1.1) where the broker refuses that. */
  readonly protocolVersion: 'auto' | 4 | 5;
  /** The retained messages that have run: sent again, they are acknowledged and not taken. */
  readonly retained: RetainedRecord;
  readonly report: Report;
}

/** The session with the broker, across connections. */
export interface BrokerSession {
  /** What the broker delivers, each message once in a session. Subscribe once: that connects. */
  readonly publishes$: Observable<Publish>;
  /** The publish is settled: it is acknowledged as soon as all before it are. One out of the spool was so already. */
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
  const setbacks = new Setbacks(deps);
  let connection: Connection | undefined;
  let login: Credentials | undefined;
  let version: 4 | 5 = deps.protocolVersion === 'auto' ? 5 : deps.protocolVersion;
  let subscribed: readonly string[] = [];
  let nextSeq = 1;
  /** What the end of the connection is followed by. */
  let then: 'back-off' | 'reconnect' | 'drain' | 'nothing' = 'back-off';
  let ending = false;
  let draining = false;
  let stopping = false;
  let allEnded = (): void => undefined;
  let renewals = Subscription.EMPTY;
  let backoff = Subscription.EMPTY;

  const open = (): void => {
    if (login === undefined) return;
    then = 'back-off';
    ending = false;
    draining = false;
    connection = deps.open(login, version, {
      connected,
      publish,
      released: () => undefined,
      pingOverdue,
      closed,
    });
  };

  const connected = ({ sessionPresent }: Connack): void => {
    if (login === undefined) return;
    const { address, filters } = login;
    report({ kind: 'connected', address, protocolVersion: version, sessionPresent });
    setbacks.connected(scheduler.now());
    ackWindow.connected(sessionPresent);
    if (!sessionPresent) {
      subscribed = [];
      deps.retained.clear();
    }
    if (sameFilters(filters, subscribed)) return;
    connection?.subscribe(filters, (answers) => {
      const granted = answers.every(({ qos }) => qos !== undefined);
      report({ kind: granted ? 'subscribed' : 'subscription-refused', filters });
      if (granted) unsubscribeOthers(filters);
      else end('back-off');
    });
  };

  /** What an earlier login was subscribed to, and this one is not: messages may come twice by that, or none of its own. */
  const unsubscribeOthers = (filters: readonly string[]): void => {
    const others = subscribed.filter((each) => !filters.includes(each));
    subscribed = [...filters, ...others];
    if (others.length === 0) return;
    connection?.unsubscribe(others, () => {
      subscribed = filters;
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
    if (takesMore()) return true;
    room.ranOut();
    return false;
  };

  // Where packets are taken one by one, as room comes, the answer to a ping is behind all that the broker sent before it.
  const pingOverdue = (): void => {
    if (room.ranOutLately()) leave();
  };

  const leave = (): void => {
    // It ends anyway, or what was taken is still to be acknowledged on it.
    if (ending || stopping) return;
    report({ kind: 'window-full', messages: ackWindow.size, bytes: ackWindow.bytes });
    end('drain');
  };

  const room = windowRoom(deps, leave);
  const takesMore = (): boolean => !stopping && room.has();

  const closed = (reason: CloseReason): void => {
    connection = undefined;
    room.forget();
    ackWindow.disconnected();
    setbacks.ended(scheduler.now());
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
      const { waitMs, rivalLikely } = setbacks.next(reason);
      report({ kind: 'disconnected', reason, waitMs, ...(rivalLikely ? { rivalLikely } : {}) });
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
    connection?.acknowledge(ackWindow.release().map((packetId) => ({ packetId, qos: 1 })));
    if (takesMore()) connection?.resume();
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
    room.forget();
  };

  return {
    publishes$: defer(() => {
      renewals = deps.credentials$.subscribe({ next: renew, error: (bug) => publishes.error(bug) });
      return publishes;
    }),
    settled: (publish) => {
      // It came out of the spool, and was settled for the broker before: by now its topic may have another.
      if (publish.seq < 0) return;
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
  { topic, payload, oversized, qos, retain, dup, receivedAt, expiresInMs }: Incoming,
  seq: number,
): Publish => {
  const publish = { seq, topic, payload, qos, retain, dup, receivedAt };
  if (expiresInMs === undefined && oversized === undefined) return publish;
  return {
    ...publish,
    ...(oversized === undefined ? {} : { oversized }),
    ...(expiresInMs === undefined ? {} : { expiresInMs }),
  };
};

const sameFilters = (some: readonly string[], others: readonly string[]): boolean =>
  some.length === others.length && some.every((filter) => others.includes(filter));
