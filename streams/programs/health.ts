import { ignoreElements, type Observable, type SchedulerLike, tap } from 'rxjs';
import type { Credentials } from '../../lib/config/credentials.js';
import type { ReceiptRules } from '../../lib/config/receipt-address.js';
import type { Report } from '../../lib/log/event.js';
import type { Outgoing } from '../../lib/mqtt/packets/write-publish.js';
import { endedHealth, Health, healthKey, healthOf } from '../../lib/status/health.js';
import type { Snapshot } from '../../lib/status/snapshot.js';
import { changesAtMost } from '../operators/changes-at-most.js';
import { paced } from '../operators/paced.js';
import type { BrokerSession, Farewell } from '../sources/broker-session-deps.js';

/** The daemon's status, as it changes. */
export interface StatusSource {
  readonly change$: Observable<unknown>;
  readonly snapshot: () => Snapshot;
}

/** Dependencies of {@link publishHealth}. */
export interface HealthDeps {
  readonly status: StatusSource;
  readonly session: Pick<BrokerSession, 'publish' | 'login'>;
  readonly topicOf: TopicOf;
  /** ms since the epoch. */
  readonly wallMs: () => number;
  readonly scheduler: SchedulerLike;
  readonly report: Report;
}

/** The health topic of a login; undefined if nothing is published with it. */
export type TopicOf = (login: Credentials) => ReceiptRules['healthTopic'];

/** The most often that the health is published, and looked at, ms. */
const [publishMs, lookMs] = [60_000, 1_000];

/**
 * Publishes the health, retained, once the session is subscribed and then after changes that matter, at most once a minute. A new
 * connection counts as a change: the broker may have published the last one's will. Emits nothing.
 */
export const publishHealth = (deps: HealthDeps): Observable<never> => {
  const { status, session, topicOf, wallMs, scheduler, report } = deps;
  return status.change$.pipe(
    paced(lookMs, scheduler),
    changesAtMost({
      take: () => {
        const snapshot = status.snapshot();
        return snapshot.broker.state === 'subscribed' ? healthOf(snapshot, wallMs()) : undefined;
      },
      keyOf: healthKey,
      everyMs: publishMs,
      scheduler,
    }),
    tap((health) => {
      const login = session.login();
      const topic = login && topicOf(login);
      if (topic === undefined) return;
      session.publish(messageOf(topic, health), (fate) => {
        if (fate === 'refused')
          report({ kind: 'not-published', what: 'health', detail: 'the broker refused it' });
      });
    }),
    ignoreElements(),
  );
};

/** The will of a connection with this login. */
export const willOf = (topicOf: TopicOf, login: Credentials): Outgoing | undefined => {
  const topic = topicOf(login);
  return topic === undefined ? undefined : messageOf(topic, endedHealth('offline'));
};

/**
 * The last message on a connection that this side closes, as DISCONNECT takes back the will (MQTT 5, 3.14.4): `stopped` for good, else
 * `offline`, since the next connection may be refused, or be to another broker.
 */
export const farewellOf =
  (topicOf: TopicOf): Farewell =>
  (used, next) => {
    const topic = topicOf(used);
    return topic === undefined
      ? undefined
      : messageOf(topic, endedHealth(next === 'nothing' ? 'stopped' : 'offline'));
  };

const messageOf = (topic: string, health: Health): Outgoing => ({
  topic,
  payload: JSON.stringify(Health.encode(health)),
  retain: true,
});
