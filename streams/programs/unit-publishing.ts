import { NEVER, type Observable } from 'rxjs';
import type { Credentials } from '../../lib/config/credentials.js';
import type { Report } from '../../lib/log/event.js';
import type { Settlement } from '../../lib/rules/settlement.js';
import type { BrokerSession } from '../sources/broker-session-deps.js';
import { farewellOf, publishHealth, type StatusSource, type TopicOf, willOf } from './health.js';
import type { Observer } from './observer.js';
import type { Outside } from './outside.js';
import { ownTopics, type TopicSettings } from './own-topics.js';
import { receipts } from './receipts.js';
import type { UnitSessionDeps } from './unit-session.js';

/** Dependencies of {@link unitPublishing}. */
export interface UnitPublishingDeps {
  readonly settings: TopicSettings;
  /** Without it there is no health to publish. */
  readonly status: StatusSource | undefined;
  readonly observer: Observer | undefined;
  readonly report: Report;
  readonly outside: Pick<Outside, 'clock' | 'scheduler'>;
}

/** What the daemon publishes, apart from acknowledgements. */
export interface UnitPublishing {
  /** What the session needs to know. */
  readonly forSession: Pick<UnitSessionDeps, 'publishing' | 'will' | 'willRefused'>;
  /** Publishes in the session; `receipt` is absent if there are none. */
  in(session: Pick<BrokerSession, 'publish' | 'login'>): {
    readonly health$: Observable<never>;
    readonly receipt?: (settlement: Settlement) => void;
  };
}

/** The health and the receipts that the settings ask for. */
export const unitPublishing = (deps: UnitPublishingDeps): UnitPublishing => {
  const { settings, status, observer, report, outside } = deps;
  const hasHealth = settings.health_topic !== '' && status !== undefined;
  const hasReceipts = settings.receipts !== 'off';
  if (!hasHealth && !hasReceipts) return { forSession: {}, in: () => ({ health$: NEVER }) };
  const rulesOf = ownTopics(settings, report);
  /** Logins at brokers that take no will: without it, the health would be wrong once the daemon is gone. */
  const willless = new WeakSet<Credentials>();
  const topicOf: TopicOf = (login) =>
    hasHealth && !willless.has(login) ? rulesOf(login).healthTopic : undefined;
  const { clock, scheduler } = outside;
  return {
    forSession: {
      publishing: { withReplies: hasReceipts, farewell: farewellOf(topicOf) },
      will: (login) => willOf(topicOf, login),
      willRefused: (login) => void willless.add(login),
    },
    in: (session) => ({
      health$: hasHealth
        ? publishHealth({ status, session, topicOf, wallMs: () => clock.wallMs(), scheduler, report })
        : NEVER,
      ...(hasReceipts
        ? { receipt: receipts({ session, rulesOf, ended: (fate) => observer?.receipt?.(fate), report }) }
        : {}),
    }),
  };
};
