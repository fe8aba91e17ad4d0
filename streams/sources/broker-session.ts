import { defer, type Observable, Subject, Subscription } from 'rxjs';
import type { Credentials } from '../../lib/config/credentials.js';
import type {
  CloseReason,
  Connack,
  Connection,
  ConnectionEvents,
  Incoming,
} from '../../lib/mqtt/connection/connection.js';
import { Intake } from '../../lib/mqtt/session/intake.js';
import { Setbacks, type SetbacksDeps } from '../../lib/mqtt/session/reconnect-policy.js';
import { sessionName } from '../../lib/mqtt/session/session-name.js';
import { VersionChoice } from '../../lib/mqtt/session/version-choice.js';
import type { Publish } from '../../lib/rules/message/publish.js';
import { Subscriptions, type SubscriptionsDeps } from './subscriptions.js';
import { type WindowRoomDeps, windowRoom } from './window-room.js';

/** Dependencies of a session. */
export interface BrokerSessionDeps extends WindowRoomDeps, SetbacksDeps, SubscriptionsDeps {
  /** The login, and each new one: a change means a clean reconnect with the same session (design.md, decision 12). */
  readonly credentials$: Observable<Credentials>;
  readonly open: (credentials: Credentials, protocolVersion: 4 | 5, events: ConnectionEvents) => Connection;
  /** `auto` is 5, and 4 (which is 3.1.1) where the broker does not have that. */
  readonly protocolVersion: 'auto' | 4 | 5;
  /** How long a planned reconnect waits for what is in flight, ms. */
  readonly handOverMs: number;
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

/** How often MQTT 5 is tried again at a broker that seemed not to have it, ms. */
const retryVersionMs = 86_400_000;

/**
 * Keeps one persistent session at the broker: connects, subscribes, reconnects with backoff, and takes messages only while
 * its window has room (design.md, decisions 1–3). When it stays full, it disconnects until all is settled, as pings can't
 * be read either; the broker keeps the rest.
 */
export const brokerSession = (deps: BrokerSessionDeps): BrokerSession => {
  const { report, scheduler, ackWindow } = deps;
  const publishes = new Subject<Publish>();
  const setbacks = new Setbacks(deps);
  const version = new VersionChoice(deps.protocolVersion);
  const subscriptions = new Subscriptions(deps);
  const intake = new Intake(ackWindow, deps.record);
  let connection: Connection | undefined;
  /** The login to use from now on, and the one that the connection was opened with. */
  let login: Credentials | undefined;
  let inUse: Credentials | undefined;
  let accepted = false;
  /** What the end of the connection is followed by. */
  let then: 'back-off' | 'reconnect' | 'drain' | 'nothing' = 'back-off';
  let ending = false;
  let draining = false;
  let stopping = false;
  /** The connection is to be ended for another login. */
  let loginPlanned = false;
  /** What was received is finished, and then the connection is ended for the next one. */
  let handingOver = false;
  let allEnded = (): void => undefined;
  let renewals = Subscription.EMPTY;
  /** The next attempt, or the next planned reconnect. */
  let timer = Subscription.EMPTY;

  const open = (): void => {
    if (login === undefined) return;
    timer.unsubscribe();
    inUse = login;
    then = 'back-off';
    accepted = false;
    ending = false;
    draining = false;
    loginPlanned = false;
    handingOver = false;
    connection = deps.open(login, version.current, {
      connected,
      publish,
      released: (packetId) => ackWindow.completed(packetId),
      pingOverdue,
      closed,
    });
  };

  const connected = (connack: Connack): void => {
    if (inUse === undefined || connection === undefined) return;
    accepted = true;
    const { address, filters } = inUse;
    const { sessionPresent } = connack;
    const session = sessionName(inUse);
    report({ kind: 'connected', address, protocolVersion: version.current, sessionPresent });
    setbacks.connected(scheduler.now());
    intake.connected(session, sessionPresent);
    const useless = (): void => {
      // Where it is to end for good, it does that in its time.
      if (!stopping) end('back-off');
    };
    subscriptions.accepted({ connection, session, filters, connack, useless });
    if (login !== inUse) takeLogin();
    else if (version.isFallback) timer = scheduler.schedule(handOver, retryVersionMs);
  };

  const publish = (incoming: Incoming): boolean => {
    if (stopping) return false;
    const taken = intake.take(incoming, scheduler.now());
    if (taken === undefined) acknowledge();
    else publishes.next(taken);
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
    if (ending || stopping || handingOver) return;
    report({ kind: 'window-full', messages: ackWindow.size, bytes: ackWindow.bytes });
    end('drain');
  };

  const room = windowRoom(deps, leave);
  const takesMore = (): boolean => !stopping && !handingOver && room.has();

  const closed = (reason: CloseReason): void => {
    connection = undefined;
    timer.unsubscribe();
    room.forget();
    subscriptions.ended();
    ackWindow.disconnected(scheduler.now());
    setbacks.ended(scheduler.now());
    const tryOtherVersion = version.ended(reason, accepted);
    if (then === 'nothing') allEnded();
    else if (then === 'reconnect' || tryOtherVersion) open();
    else if (then === 'drain') {
      draining = true;
      reopenDrained();
    } else {
      const { waitMs, rivalLikely } = setbacks.next(reason, ending);
      report({ kind: 'disconnected', reason, waitMs, ...(rivalLikely ? { rivalLikely } : {}) });
      timer = scheduler.schedule(open, waitMs);
      if (login !== inUse && setbacks.isFirst) open();
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
    connection?.acknowledge(ackWindow.release(scheduler.now()));
    if (takesMore()) connection?.resume();
    else endHandedOver();
  };

  const renew = (renewed: Credentials): void => {
    const moved = login === undefined || sessionName(login) !== sessionName(renewed);
    login = renewed;
    if (moved) version.moved();
    if (connection === undefined) {
      // A login that keeps changing does not shorten the wait each time.
      if (moved || (!draining && setbacks.isFirst)) open();
    } else if (accepted && !ending) takeLogin();
    else if (moved) end('reconnect');
  };

  /** Another login is to be used: the connection is ended for it, at once or when it is due. */
  const takeLogin = (): void => {
    if (loginPlanned) return;
    loginPlanned = true;
    timer.unsubscribe();
    const waitMs = setbacks.renewal();
    if (waitMs === 0) handOver();
    else timer = scheduler.schedule(handOver, waitMs);
  };

  /** What is in flight is finished first, so that nothing of it has to come again. */
  const handOver = (): void => {
    handingOver = true;
    // Also where the broker ends it first, as the login that it was opened with is not good any more.
    then = 'reconnect';
    room.forget();
    timer.unsubscribe();
    timer = scheduler.schedule(() => end('reconnect'), deps.handOverMs);
    endHandedOver();
  };

  const endHandedOver = (): void => {
    if (handingOver && !ending && ackWindow.size === 0) end('reconnect');
  };

  const connectNoMore = (): void => {
    then = 'nothing';
    draining = false;
    handingOver = false;
    renewals.unsubscribe();
    timer.unsubscribe();
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
      intake.settled(publish);
      if (publish.qos === 0) return;
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
      intake.close();
    },
  };
};
