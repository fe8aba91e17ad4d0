import * as E from 'fp-ts/lib/Either.js';
import {
  type DecodeRules,
  decode,
  envelopeIn,
  foreign,
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
import * as texts from './texts.js';

/** The rules that decide on a message. */
export interface ExplainRules {
  readonly decodeRules: DecodeRules;
  readonly policy: Policy;
  readonly holdUnregisteredMs: number;
}

/**
 * Explains a settlement step by step. Each step applies the rule that the pipeline applies; what depends on time is taken
 * from the settlement. A notified message passes all steps; the last step of a dead letter is the one that ended it. `set`:
 * the live set at the time of the decision.
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
  const nameRule = texts.decodeRule(decodeRules.nameFrom);
  const notOurs = foreign(decodeRules, publish);
  if (notOurs !== undefined) {
    yield { step: 'decode', verdict: 'ends', text: notOurs.detail, ...nameRule };
    return;
  }
  const unread = payloadTooLarge(publish);
  if (unread !== undefined) {
    yield { step: 'decode', verdict: 'ends', text: unread.detail, ...texts.sizeRule };
    return;
  }
  const envelope = envelopeIn(decodeRules, publish);
  if (E.isLeft(envelope)) {
    yield { step: 'decode', verdict: 'ends', text: envelope.left, ...nameRule };
    return;
  }
  yield { step: 'decode', verdict: 'passes', text: texts.found(envelope.right, publish), ...nameRule };

  const decoded = decode(decodeRules)(publish);
  if (E.isLeft(decoded)) {
    yield { step: 'split', verdict: 'ends', text: decoded.left.detail, ...texts.splitRule };
    return;
  }
  const message = decoded.right;
  const large = tooLarge(message);
  if (large !== undefined) {
    yield { step: 'decode', verdict: 'ends', text: large.detail, ...texts.sizeRule };
    return;
  }
  yield { step: 'decode', verdict: 'passes', text: texts.size(message), ...texts.sizeRule };
  yield { step: 'split', verdict: 'passes', text: texts.parts(message), ...texts.splitRule };

  const decision = route(set, policy)(message);
  const hold = { step: 'hold', ...texts.holdRule(holdUnregisteredMs) } as const;
  const ended = settlement.kind === 'dead-lettered' ? settlement : undefined;
  if (ended && isRejected(decision) && endedWaiting(ended)) {
    // It expired or found no room before it was routed.
    yield { ...hold, verdict: 'ends', text: texts.rejection(ended) };
    return;
  }

  // Routed as if its app were registered with an address: what is rejected now, the policy rejects.
  const allowed = route(registeredAlone(message), policy)(message);
  if (E.isLeft(allowed)) {
    const { detail: text, reason } = allowed.left;
    const rule = reason === 'reserved-name' ? texts.trustRule(policy) : texts.waysRule(policy);
    yield { step: 'route', verdict: 'ends', text, ...rule };
    return;
  }
  yield { step: 'route', verdict: 'passes', text: texts.trust(message), ...texts.trustRule(policy) };

  if (isRejected(decision)) {
    yield { step: 'route', verdict: 'ends', text: decision.left.detail, ...texts.waysRule(policy) };
    return;
  }
  const verdict = E.isLeft(decision) ? 'waits' : 'passes';
  yield { step: 'route', verdict, text: texts.registration(message, set), ...texts.setRule };

  if (ended && endedWaiting(ended)) {
    yield { ...hold, verdict: 'ends', text: texts.rejection(ended) };
    return;
  }
  yield { ...hold, verdict: 'passes', text: texts.lifetime(message) };

  const deliver = { step: 'deliver', ...texts.waysRule(policy) } as const;
  if (ended) {
    yield { ...deliver, verdict: 'ends', text: texts.rejection(ended) };
    return;
  }
  yield {
    ...deliver,
    verdict: 'passes',
    text: texts.calls(E.isRight(decision) ? decision.right.targets : []),
  };
  yield {
    step: 'settle',
    verdict: 'passes',
    text: 'notified once cvmain has accepted it',
    ...texts.settleRule,
  };
}

/** Whether it is rejected for good; an unregistered app may still register. */
const isRejected = (decision: E.Either<Rejection, Route>): decision is E.Left<Rejection> =>
  E.isLeft(decision) && decision.left.reason !== 'unregistered';

/** Whether it was dead-lettered while waiting for its app, its turn or room. */
const endedWaiting = ({ reason, attempts }: DeadLettered): boolean => stepOf(reason, attempts > 0) === 'hold';

const registeredAlone = ({ integration }: Message): IntegrationSet =>
  new Map([[integration, { name: integration, address: { host: '127.0.0.1', port: 1 } }]]);
