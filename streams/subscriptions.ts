import { type SchedulerLike, Subscription } from 'rxjs';
import type { Connack, Connection, Granted } from '../lib/broker/connection.js';
import type { SessionRecord } from '../lib/files/session-record.js';
import type { DaemonEvent, Report } from '../lib/log/event.js';
import { minimalCover, overlap, topicFilter } from '../lib/message/topic-filter.js';

/** Dependencies of {@link Subscriptions}. */
export interface SubscriptionsDeps {
  readonly record: SessionRecord;
  /** What is asked for with MQTT 5: how long the broker keeps the session, s. */
  readonly sessionExpiryS: number;
  readonly scheduler: SchedulerLike;
  readonly report: Report;
}

/** A connection that the broker has accepted. */
export interface Accepted {
  readonly connection: Connection;
  /** See `sessionName`. */
  readonly session: string;
  /** What the login may subscribe to. */
  readonly filters: readonly string[];
  readonly version: 4 | 5;
  readonly connack: Connack;
  /** Called when there is no subscription on this connection, so that it is of no use. */
  readonly useless: () => void;
}

/** How long the broker has to answer SUBSCRIBE, ms. */
const answerMs = 10_000;

/**
 * Has a session subscribed to what its login may subscribe to, and to nothing else: filters that another one covers are left
 * out, and those of an earlier login, also of an earlier run, are unsubscribed. What the broker does not grant is reported
 * once, until that changes.
 */
export class Subscriptions {
  readonly #deps: SubscriptionsDeps;
  /** What this process has subscribed to, in the session that it used last. */
  #confirmed: { readonly session: string; readonly filters: readonly string[] } | undefined;
  #waiting = Subscription.EMPTY;
  /** The last report of each kind. */
  readonly #reported = new Map<DaemonEvent['kind'], string | undefined>();

  constructor(deps: SubscriptionsDeps) {
    this.#deps = deps;
  }

  /** The broker has accepted a connection. */
  accepted({ connection, session, filters, version, connack, useless }: Accepted): void {
    const { record, scheduler, report } = this.#deps;
    const wanted = minimalCover(filters);
    this.#reportLimits(wanted, connack);
    if (!connack.sessionPresent) record.setFilters(session, []);
    // A broker of 3.1.1 sends its retained messages again at each subscription; MQTT 5 has retain handling 1 for that.
    const isSubscribed = version === 4 && connack.sessionPresent && this.#isConfirmed(session, wanted);
    if (isSubscribed) return;
    this.#waiting = scheduler.schedule(() => {
      report({ kind: 'subscription-unanswered', filters: wanted, afterMs: answerMs });
      useless();
    }, answerMs);
    connection.subscribe(wanted, (granted) => {
      this.#waiting.unsubscribe();
      this.#reportGranted(granted);
      const served = granted.filter(({ qos }) => qos !== undefined).map(({ filter }) => filter);
      if (served.length === 0) {
        useless();
        return;
      }
      report({ kind: 'subscribed', filters: served });
      this.#confirmed = { session, filters: served };
      const others = record.filters(session).filter((each) => !wanted.includes(each));
      record.setFilters(session, [...served, ...others]);
      if (others.length > 0) connection.unsubscribe(others, () => record.setFilters(session, served));
    });
  }

  /** The connection is gone. */
  ended(): void {
    this.#waiting.unsubscribe();
  }

  #isConfirmed(session: string, wanted: readonly string[]): boolean {
    const { session: name, filters = [] } = this.#confirmed ?? {};
    return (
      name === session && filters.length === wanted.length && wanted.every((each) => filters.includes(each))
    );
  }

  #reportLimits(wanted: readonly string[], { sessionExpiryS }: Connack): void {
    const parsed = wanted.map(topicFilter);
    const overlapping = parsed
      .filter((one) => parsed.some((other) => other !== one && overlap(one, other)))
      .map(({ filter }) => filter);
    this.#reportOnce({ kind: 'filters-overlap', filters: overlapping }, overlapping.length > 0);
    const askedS = this.#deps.sessionExpiryS;
    const grantedS = sessionExpiryS ?? askedS;
    this.#reportOnce({ kind: 'session-expiry', askedS, grantedS }, grantedS < askedS);
  }

  #reportGranted(granted: readonly Granted[]): void {
    const refused = granted.filter(({ qos }) => qos === undefined).map(({ filter }) => filter);
    this.#reportOnce({ kind: 'subscription-refused', filters: refused }, refused.length > 0);
    const lossy = granted.filter(({ qos }) => qos === 0).map(({ filter }) => filter);
    this.#reportOnce({ kind: 'granted-qos-0', filters: lossy }, lossy.length > 0);
  }

  #reportOnce(event: DaemonEvent, applies: boolean): void {
    const text = applies ? JSON.stringify(event) : undefined;
    if (text !== undefined && this.#reported.get(event.kind) !== text) this.#deps.report(event);
    this.#reported.set(event.kind, text);
  }
}
