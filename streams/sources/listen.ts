import { concat, defer, first, ignoreElements, map, Observable, type SchedulerLike } from 'rxjs';
import type { Report } from '../../lib/log/event.js';
import type { WireProperties } from '../../lib/mqtt/packets/properties.js';
import { AckWindow } from '../../lib/mqtt/session/ack-window.js';
import type { Publish } from '../../lib/rules/message/publish.js';
import type { SessionRecord } from '../../lib/storage/session-record.js';
import { brokerSession } from './broker-session.js';
import type { BrokerSessionDeps } from './broker-session-deps.js';

/** A publish with everything that came with it. */
export interface Heard {
  readonly publish: Publish;
  /** Absent for QoS 0. */
  readonly packetId?: number;
  readonly properties?: WireProperties;
}

/** Dependencies of {@link listen}. */
export interface ListenDeps extends Pick<BrokerSessionDeps, 'credentials$' | 'open' | 'protocolVersion'> {
  /** True if more publishes can be taken now. Otherwise the broker is not read until {@link room$} emits. */
  readonly hasRoom: () => boolean;
  readonly room$: Observable<unknown>;
  /** Stops listening at its first value. */
  readonly stop$: Observable<unknown>;
  readonly scheduler: SchedulerLike;
  readonly random: () => number;
  readonly report: Report;
}

/** A client that only listens remembers nothing: each connection is a new session. */
const nothingRecorded: SessionRecord = {
  filters: () => [],
  setFilters: () => undefined,
  hasRun: () => false,
  addRun: () => undefined,
  addLive: () => undefined,
  written: () => Promise.resolve(),
};

/**
 * The publishes that the broker delivers to a client that only listens. Each one is acknowledged once it is emitted,
 * so the window never fills, and `open` gives the client an id and a session of its own, so no other session is
 * touched. Reconnects with backoff. Completes after `stop$`, once it is disconnected.
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
      sharedGroup: '',
      handOverMs: 0,
      windowMessages: Number.POSITIVE_INFINITY,
      windowBytes: Number.POSITIVE_INFINITY,
      fullMs: 0,
      reconnect: { baseMs: 1_000, capMs: 60_000 },
      stableMs: 60_000,
    });
    const heard$ = session.publishes$.pipe(
      // Emitted within the call that brought it.
      map((publish) => ({ publish, ...current })),
    );
    const close$ = defer(() => session.close()).pipe(ignoreElements());
    subscriber.add(concat(heard$, close$).subscribe(subscriber));
    subscriber.add(stop$.pipe(first()).subscribe(() => session.stopTaking()));
    subscriber.add(room$.subscribe(() => resume()));
  });
