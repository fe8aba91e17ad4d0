import type { Message, NameFrom } from '../rules/message/decode.js';
import type { Envelope } from '../rules/message/envelope.js';
import { dashedNameIn, type Name } from '../rules/message/name.js';
import { byteLength } from '../rules/message/payload.js';
import type { Publish } from '../rules/message/publish.js';
import { maxPacketBytes, packetBytes } from '../rules/notification/notification.js';
import type { IntegrationSet } from '../rules/routing/integrations.js';
import { type Policy, reservedPrefix } from '../rules/routing/route.js';
import type { DeadLettered } from '../rules/settlement.js';
import { addressOf, type Target } from '../rules/target.js';
import { showDuration } from '../util/duration.js';
import { nearest } from '../util/nearest.js';
import { plural } from '../util/plural.js';
import type { Step } from './step.js';

/** The part of a step's text that names the rule. Each function below makes the text of one step. */
type Rule = Pick<Step, 'rule' | 'decidedBy'>;

export const decodeRule = (nameFrom: NameFrom): Rule => ({
  rule: `${nameRules[nameFrom]} (docs/domain.md#message)`,
  decidedBy: `name_from "${nameFrom}" (mq/cvmqtt.json)`,
});

const nameRules: Readonly<Record<NameFrom, string>> = {
  auto: "the name is an envelope's function; without an envelope, the topic's level after the subscribed prefix",
  payload: "the name is an envelope's function",
  topic: "the name is the topic's level after the subscribed prefix",
};

/** The name, and where it was found. If the topic has the name, the payload itself is the body. */
export const found = ({ name, body, timeoutMs }: Envelope, { topic, payload }: Publish): string => {
  const bytes = plural(byteLength(body), 'byte');
  if (body === payload)
    return `the topic ${topic} gives the name "${name}"; the payload is the body, ${bytes}`;
  const timeout = Number.isFinite(timeoutMs) ? `, timeout ${showDuration(timeoutMs)}` : '';
  return `the payload is an envelope with the name "${name}", a body of ${bytes}${timeout}`;
};

export const splitRule: Rule = {
  rule: 'a name is split at its first dash, so an app with a dash in its name never receives anything (docs/domain.md#names)',
};

export const parts = ({ integration, message }: Name): string => `"${message}" for "${integration}"`;

export const sizeRule: Rule = {
  rule: `an app reads packets of up to ${maxPacketBytes} bytes (docs/domain.md#notifications)`,
};

export const size = (message: Message): string => `its notification has ${packetBytes(message)} bytes`;

export const trustRule = ({ reservedIntegrations }: Policy): Rule => ({
  rule: `names that start with ${reservedPrefix} are the vendor's: only those on the allow list are delivered (docs/architecture.md#decision-10)`,
  decidedBy: `reserved_integrations ${JSON.stringify([...reservedIntegrations])} (mq/cvmqtt.json)`,
});

export const trust = ({ integration }: Message): string =>
  `"${integration}" ${integration.startsWith(reservedPrefix) ? 'is reserved and on the allow list' : 'is not a reserved name'}`;

export const waysRule = ({ viaNotifier, toExternal }: Policy): Rule => ({
  rule: "cvmain's configuration decides where notifications go (docs/domain.md#configuration)",
  decidedBy: `mq.msgs_via_notifier ${viaNotifier}, mq.external_integrations ${toExternal} (config.json)`,
});

export const setRule: Rule = {
  rule: 'a message goes to a registered integration of exactly this name (docs/domain.md#names)',
  decidedBy: 'mq/integrations.json',
};

/** Whether the app is registered; if not, a registered name that may have been meant. */
export const registration = ({ name, integration }: Message, set: IntegrationSet): string => {
  const known = set.get(integration);
  if (known !== undefined) {
    const { address } = known;
    const where =
      address === undefined ? 'without an address' : `with the address ${addressOf(address).sendAddr}`;
    return `"${integration}" is registered, ${where}`;
  }
  const names = [...set.keys()];
  const dashed = dashedNameIn(names, name);
  if (dashed !== undefined) {
    return `"${integration}" is not registered; "${dashed}" is, but an app with a dash in its name can never receive a message`;
  }
  const near = nearest(integration, names);
  const hint = near === undefined ? '' : `; the nearest registered name is "${near}"`;
  return `"${integration}" is not registered${hint}`;
};

export const holdRule = (holdUnregisteredMs: number): Rule => ({
  rule: 'a message waits for its app to register, but not past its lifetime (docs/architecture.md#decision-8, docs/architecture.md#decision-9)',
  decidedBy: `hold_unregistered_ms ${holdUnregisteredMs} (mq/cvmqtt.json); the envelope's timeout, MQTT's message expiry`,
});

export const lifetime = ({ lifetimeMs }: Message): string =>
  Number.isFinite(lifetimeMs)
    ? `nothing to wait for; its lifetime is ${showDuration(lifetimeMs)}`
    : 'nothing to wait for';

export const rejection = ({ reason, detail }: DeadLettered): string => `${reason}: ${detail}`;

export const settleRule: Rule = {
  rule: 'a message is acknowledged once cvmain has accepted it, or its dead letter is on the disk (docs/architecture.md#decision-5)',
};

/** The calls to cvmain, in order. */
export const calls = (targets: readonly Target[]): string =>
  `send_notification ${targets
    .map((target) => `to ${target.kind === 'notifier' ? 'the notifier' : target.sendAddr}`)
    .join(', and ')}`;
