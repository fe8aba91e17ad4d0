/**
 * The pure rules: what a publish means, where it goes, and what an app gets. No RxJS, no I/O, no clock. Errors are values: a
 * `Left` with what is wrong, or a `Right`.
 */
export type { Either, Left, Right } from 'fp-ts/lib/Either.js';
export { type CvmainConfig, parseCvmainConfig } from '../lib/config/cvmain-config.js';
export { defaultSettings, parseSettings, type Settings } from '../lib/config/settings.js';
export { type Decoded, type Deliverable, decodeMessage } from '../lib/rules/delivery/deliverable.js';
export type { Held, Released } from '../lib/rules/delivery/hold.js';
export type { Outcome } from '../lib/rules/delivery/outcome.js';
export { type DecodeRules, decode, type Message, type NameFrom } from '../lib/rules/message/decode.js';
export { type Name, splitName } from '../lib/rules/message/name.js';
export { bytesOf, type Payload, payloadOf } from '../lib/rules/message/payload.js';
export type { Oversized, Publish, QoS, Reply } from '../lib/rules/message/publish.js';
export { matches, type TopicFilter, topicFilter } from '../lib/rules/message/topic-filter.js';
export {
  maxPacketBytes,
  type Notification,
  notificationOf,
  tooLarge,
} from '../lib/rules/notification/notification.js';
export { type Reason, type Rejection, reasons } from '../lib/rules/rejection.js';
export {
  type Integration,
  type IntegrationSet,
  parseIntegrations,
} from '../lib/rules/routing/integrations.js';
export { type Decide, type Policy, type Route, reservedPrefix, route } from '../lib/rules/routing/route.js';
export type { DeadLettered, Notified, Settlement, Spooled } from '../lib/rules/settlement.js';
export type { Target } from '../lib/rules/target.js';
export { type Backoff, backoffMs } from '../lib/util/backoff.js';
