import * as E from 'fp-ts/lib/Either.js';
import {
  type DecodeRules,
  decode,
  envelopeIn,
  foreign,
  isForeign,
  type Message,
  payloadTooLarge,
} from '../rules/message/decode.js';
import { tooLarge } from '../rules/notification/notification.js';
import type { Rejection } from '../rules/rejection.js';
import type { IntegrationSet } from '../rules/routing/integrations.js';
import { type Policy, type Route, route } from '../rules/routing/route.js';
import type { DeadLettered, Notified } from '../rules/settlement.js';
import { stepOf } from '../rules/steps.js';
import type { Step } from './step.js';
import * as words from './texts.js';

/** What a message is judged by. */
export interface ExplainRules {
  readonly decodeRules: DecodeRules;
  readonly policy: Policy;
  readonly holdUnregisteredMs: number;
}

/**
 * How a settlement came about, step by step: each step asks the rule that the pipeline asks; what depends on time is the
 * settlement's own word. One that was notified passes all steps; one that was not is ended by the last one. `set` is the
 * live set by which it was decided.
 */
export const explain = (
  rules: ExplainRules,
  set: IntegrationSet,
  settlement: Notified | DeadLettered,
): readonly Step[] => [...steps(rules, set, settlement)];

function* steps(
  { decodeRules, policy, holdUnregisteredMs }: ExplainRules,
  set: IntegrationSet,
  settlement: Notified | DeadLettered,
): Generator<Step> {
  const { publish } = settlement;
  const nameRule = words.decodeRule(decodeRules.nameFrom);
  if (isForeign(decodeRules, publish)) {
    yield { step: 'decode', verdict: 'ends', text: foreign.detail, ...nameRule };
    return;
  }
  const unread = payloadTooLarge(publish);
  if (unread !== undefined) {
    yield { step: 'decode', verdict: 'ends', text: unread.detail, ...words.sizeRule };
    return;
  }
  const envelope = envelopeIn(decodeRules, publish);
  if (E.isLeft(envelope)) {
    yield { step: 'decode', verdict: 'ends', text: envelope.left, ...nameRule };
    return;
  }
  yield { step: 'decode', verdict: 'passes', text: words.found(envelope.right, publish), ...nameRule };

  const decoded = decode(decodeRules)(publish);
  if (E.isLeft(decoded)) {
    yield { step: 'split', verdict: 'ends', text: decoded.left.detail, ...words.splitRule };
    return;
  }
  const message = decoded.right;
  const large = tooLarge(message);
  if (large !== undefined) {
    yield { step: 'decode', verdict: 'ends', text: large.detail, ...words.sizeRule };
    return;
  }
  yield { step: 'decode', verdict: 'passes', text: words.size(message), ...words.sizeRule };
  yield { step: 'split', verdict: 'passes', text: words.parts(message), ...words.splitRule };

  const decision = route(set, policy)(message);
  const hold = { step: 'hold', ...words.holdRule(holdUnregisteredMs) } as const;
  const ended = settlement.kind === 'dead-lettered' ? settlement : undefined;
  if (ended && isRejected(decision) && endedWaiting(ended)) {
    // Its time was over, or there was no room for it, before anything was asked.
    yield { ...hold, verdict: 'ends', text: words.told(ended) };
    return;
  }

  // What would be decided if its app were registered, with an address: the rest is the set's word.
  const allowed = route(registeredAlone(message), policy)(message);
  if (E.isLeft(allowed)) {
    const { detail: text, reason } = allowed.left;
    const rule = reason === 'reserved-name' ? words.trustRule(policy) : words.waysRule(policy);
    yield { step: 'route', verdict: 'ends', text, ...rule };
    return;
  }
  yield { step: 'route', verdict: 'passes', text: words.trust(message), ...words.trustRule(policy) };

  if (isRejected(decision)) {
    yield { step: 'route', verdict: 'ends', text: decision.left.detail, ...words.waysRule(policy) };
    return;
  }
  const verdict = E.isLeft(decision) ? 'waits' : 'passes';
  yield { step: 'route', verdict, text: words.registration(message, set), ...words.setRule };

  if (ended && endedWaiting(ended)) {
    yield { ...hold, verdict: 'ends', text: words.told(ended) };
    return;
  }
  yield { ...hold, verdict: 'passes', text: words.lifetime(message) };

  const deliver = { step: 'deliver', ...words.waysRule(policy) } as const;
  if (ended) {
    yield { ...deliver, verdict: 'ends', text: words.told(ended) };
    return;
  }
  yield {
    ...deliver,
    verdict: 'passes',
    text: words.calls(E.isRight(decision) ? decision.right.targets : []),
  };
  yield {
    step: 'settle',
    verdict: 'passes',
    text: 'notified once cvmain has accepted it',
    ...words.settleRule,
  };
}

/** Rejected for good: an app that is not registered may still come. */
const isRejected = (decision: E.Either<Rejection, Route>): decision is E.Left<Rejection> =>
  E.isLeft(decision) && decision.left.reason !== 'unregistered';

/** Whether it ended while it waited for its app, its turn or a place. */
const endedWaiting = ({ reason, attempts }: DeadLettered): boolean => stepOf(reason, attempts > 0) === 'hold';

const registeredAlone = ({ integration }: Message): IntegrationSet =>
  new Map([[integration, { name: integration, address: { host: '127.0.0.1', port: 1 } }]]);
