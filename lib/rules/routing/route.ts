import * as E from 'fp-ts/lib/Either.js';
import type { Message } from '../message/decode.js';
import type { Rejection } from '../rejection.js';
import { addressOf, type Target } from '../target.js';
import type { Integration, IntegrationSet } from './integrations.js';

/** Names with this prefix are reserved for the vendor's own apps (docs/domain.md#names). */
export const reservedPrefix = 'vg:';

/** Routing policy of this unit. */
export interface Policy {
  /** Reserved names that may receive messages: any app can register (docs/architecture.md#decision-10). */
  readonly reservedIntegrations: ReadonlySet<string>;
  /** `mq.msgs_via_notifier` of cvmain's configuration. */
  readonly viaNotifier: boolean;
  /** `mq.external_integrations` of cvmain's configuration. */
  readonly toExternal: boolean;
}

/** Targets of a message, at least one; each gets a notification. */
export interface Route {
  readonly integration: Integration;
  readonly targets: readonly Target[];
}

/**
 * The routing decision, by the first rule that applies:
 *
 * 1. a reserved name that is not on the allow list is `reserved-name`, registered or not;
 * 2. if both ways of delivery are switched off, nothing is sent: `delivery-disabled`;
 * 3. a name that is not in the live set is `unregistered`, which can heal: an app may register a moment later;
 * 4. the message goes to the notifier, to the integration's own address, or to both, as cvmain's configuration says; if
 *    that leaves no target, it is `delivery-disabled`.
 *
 * Decisions for registered names are cached: a set stays for long and decides many messages. (docs/domain.md#names,
 * #configuration; docs/architecture.md#decision-8, #decision-10)
 */
export const route = (set: IntegrationSet, policy: Policy): Decide => {
  const made = new Map<string, E.Either<Rejection, Route>>();
  return ({ integration }) => {
    const known = made.get(integration);
    if (known !== undefined) return known;
    const decision = decisionOn(integration, set, policy);
    if (set.has(integration)) made.set(integration, decision);
    return decision;
  };
};

/** Routes a message, or rejects it. */
export type Decide = (message: Pick<Message, 'integration'>) => E.Either<Rejection, Route>;

const decisionOn = (name: string, set: IntegrationSet, policy: Policy): E.Either<Rejection, Route> => {
  if (name.startsWith(reservedPrefix) && !policy.reservedIntegrations.has(name)) {
    return reject(
      'reserved-name',
      `"${name}" is reserved and not in reserved_integrations of mq/cvmqtt.json`,
    );
  }
  if (!policy.viaNotifier && !policy.toExternal) {
    return reject(
      'delivery-disabled',
      'mq.msgs_via_notifier and mq.external_integrations of config.json are false',
    );
  }
  const integration = set.get(name);
  if (integration === undefined) return reject('unregistered', `no integration "${name}" is registered`);
  const targets = targetsOf(integration, policy);
  return targets.length > 0
    ? E.right({ integration, targets })
    : reject(
        'delivery-disabled',
        `mq.msgs_via_notifier is false and "${name}" is registered without an address`,
      );
};

const targetsOf = ({ address }: Integration, { viaNotifier, toExternal }: Policy): readonly Target[] => [
  ...(viaNotifier ? [{ kind: 'notifier' as const }] : []),
  ...(toExternal && address !== undefined ? [{ kind: 'external' as const, ...addressOf(address) }] : []),
];

const reject = (reason: Rejection['reason'], detail: string): E.Either<Rejection, never> =>
  E.left({ reason, detail });
