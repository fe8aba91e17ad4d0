import { type SchedulerLike, Subscription } from 'rxjs';
import type { DaemonEvent, Report } from '../../lib/log/event.js';
import type { Connack, Connection, Granted } from '../../lib/mqtt/connection/connection.js';
import { sharedFilter } from '../../lib/rules/message/shared-group.js';
import { minimalCover, overlap, topicFilter } from '../../lib/rules/message/topic-filter.js';
import type { SessionRecord } from '../../lib/storage/session-record.js';

/** Dependencies of {@link Subscriptions}. */
export interface SubscriptionsDeps {
  readonly record: SessionRecord;
  /** Session expiry requested with MQTT 5, s. */
  readonly sessionExpiryS: number;
  /** The group that shares the messages of the filters; empty: none. */
  readonly sharedGroup: string;
  /** For how long nothing may be read, as the window is full, ms. */
  readonly fullMs: number;
  readonly scheduler: SchedulerLike;
  readonly report: Report;
}

/** A connection that the broker accepted. */
export interface Accepted {
  readonly connection: Connection;
  /** See `sessionName`. */
  readonly session: string;
  /** The topic filters that the login may subscribe to. */
  readonly filters: readonly string[];
  readonly connack: Connack;
  /** Called if the connection has no subscription, and so is of no use. */
  readonly useless: () => void;
}

/** How long the broker has to answer SUBSCRIBE, while packets are read that are not publishes, ms. */
const answerMs = 10_000;

/**
 * Keeps the session subscribed to the topic filters of its login and to nothing else: filters covered by another one
 * are left out, and those of earlier logins and runs are unsubscribed. Subscribes on each connection, because a
 * resumed session may be an older one, or one of a standby broker under the same name. Retained messages that come
 * again because of that are recognised (`RetainedCommands`). Filters that the broker does not grant are reported
 * once, until that changes; with a shared group, all of them if the broker says that it can't share.
 */
export class Subscriptions {
  readonly #deps: SubscriptionsDeps;
  #waiting = Subscription.EMPTY;
  /** When the last publish of this connection came. */
  #heardAt = Number.NEGATIVE_INFINITY;
  /** The last report by event kind. */
  readonly #reported = new Map<DaemonEvent['kind'], string | undefined>();

  constructor(deps: SubscriptionsDeps) {
    this.#deps = deps;
  }

  /** Subscribes on a connection that the broker accepted. */
  accepted({ connection, session, filters, connack, useless }: Accepted): void {
    const { record, sharedGroup, report } = this.#deps;
    const plain = minimalCover(filters);
    this.#reportLimits(plain, connack);
    const wanted = plain.map((filter) => sharedFilter(sharedGroup, filter));
    if (sharedGroup !== '' && connack.hasNoSharing) {
      // SUBSCRIBE would be a protocol error (MQTT 5, 3.2.2.3.13).
      this.#reportGranted(wanted.map((filter) => ({ filter })));
      useless();
      return;
    }
    const earlier = connack.sessionPresent ? record.filters(session) : [];
    const others = earlier.filter((each) => !wanted.includes(each));
    // Recorded before the answer, which may never come.
    record.setFilters(session, [...wanted, ...others]);
    this.#heardAt = Number.NEGATIVE_INFINITY;
    this.#await(answerMs, wanted, useless);
    connection.subscribe(wanted, (granted) => {
      this.#waiting.unsubscribe();
      this.#reportGranted(granted);
      const served = granted.filter(({ qos }) => qos !== undefined).map(({ filter }) => filter);
      if (served.length === 0) {
        useless();
        return;
      }
      report({ kind: 'subscribed', filters: served });
      if (others.length > 0) connection.unsubscribe(others, () => record.setFilters(session, wanted));
    });
  }

  /** A publish came that is new on this connection. The answer may be behind others that the broker sent before it. */
  heard(): void {
    this.#heardAt = this.#deps.scheduler.now();
  }

  /** The connection has ended. */
  ended(): void {
    this.#waiting.unsubscribe();
  }

  #await(ms: number, wanted: readonly string[], useless: () => void): void {
    const { scheduler, fullMs } = this.#deps;
    this.#waiting = scheduler.schedule(() => {
      const leftMs = this.#heardAt + fullMs + answerMs - scheduler.now();
      if (leftMs > 0) this.#await(leftMs, wanted, useless);
      else {
        this.#reportOnce({ kind: 'subscription-unanswered', filters: wanted, afterMs: answerMs }, true);
        useless();
      }
    }, ms);
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
    this.#reported.delete('subscription-unanswered');
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
