import { concat, defer, first, ignoreElements, map, Observable, type SchedulerLike } from 'rxjs';
import type { Report } from '../../lib/log/event.js';
import type { WireProperties } from '../../lib/mqtt/packets/properties.js';
import { AckWindow } from '../../lib/mqtt/session/ack-window.js';
import type { Publish } from '../../lib/rules/message/publish.js';
import type { SessionRecord } from '../../lib/storage/session-record.js';
import { brokerSession } from './broker-session.js';
import type { BrokerSessionDeps } from './broker-session-deps.js';

/** A publish, with all that came with it. */
export interface Heard {
  readonly publish: Publish;
  /** Absent for QoS 0. */
  readonly packetId?: number;
  readonly properties?: WireProperties;
}

/** What listening stands on. */
export interface ListenDeps extends Pick<BrokerSessionDeps, 'credentials$' | 'open' | 'protocolVersion'> {
  /** Whether more can be taken now; when not, the broker is not read before {@link room$} emits. */
  readonly hasRoom: () => boolean;
  readonly room$: Observable<unknown>;
  /** The first value ends it. */
  readonly stop$: Observable<unknown>;
  readonly scheduler: SchedulerLike;
  readonly random: () => number;
  readonly report: Report;
}

/** Nothing is remembered: each connection is a session of its own. */
const nothingRecorded: SessionRecord = {
  filters: () => [],
  setFilters: () => undefined,
  hasRun: () => false,
  addRun: () => undefined,
  addLive: () => undefined,
  written: () => Promise.resolve(),
};

/**
 * What the broker delivers to a client that only listens: each message is acknowledged once it is told, so the broker's
 * window is never full, and no other session is touched where `open` gives it a client id and a session of its own.
 * Reconnects with backoff. Completes after `stop$`, once it is disconnected.
 */
export const listen = ({ hasRoom, room$, stop$, open, ...deps }: ListenDeps): Observable<Heard> =>
  new Observable((subscriber) => {
    let current: Omit<Heard, 'publish'> = {};
    let resume = (): void => undefined;
    const session = brokerSession({
      ...deps,
      open: (login, version, events) => {
        const connection = open(login, version, {
          ...events,
          publish: ({ packetId, ...incoming }, properties) => {
            current = {
              ...(packetId === undefined ? {} : { packetId }),
              ...(properties === undefined ? {} : { properties }),
            };
            // Without its id nothing waits for it in the session's window.
            const isTaken = events.publish(incoming);
            if (packetId !== undefined && incoming.qos !== 0)
              connection.acknowledge([{ packetId, qos: incoming.qos }]);
            return isTaken && hasRoom();
          },
        });
        resume = () => connection.resume();
        return connection;
      },
      ackWindow: new AckWindow(),
      record: nothingRecorded,
      sessionExpiryS: 0,
      handOverMs: 0,
      windowMessages: Number.POSITIVE_INFINITY,
      windowBytes: Number.POSITIVE_INFINITY,
      fullMs: 0,
      reconnect: { baseMs: 1_000, capMs: 60_000 },
      stableMs: 60_000,
    });
    const heard$ = session.publishes$.pipe(
      // Told within the call that brought it.
      map((publish) => ({ publish, ...current })),
    );
    const close$ = defer(() => session.close()).pipe(ignoreElements());
    subscriber.add(concat(heard$, close$).subscribe(subscriber));
    subscriber.add(stop$.pipe(first()).subscribe(() => session.stopTaking()));
    subscriber.add(room$.subscribe(() => resume()));
  });
