import { map, type Observable, type OperatorFunction } from 'rxjs';
import { understand } from '../lib/delivery/deliverable.js';
import type { DecodeRules } from '../lib/message/decode.js';
import type { Publish } from '../lib/message/publish.js';
import type { DeadLettered, Settlement } from '../lib/settlement.js';
import { deliver } from './deliver.js';
import type { DeliverDeps } from './deliver-deps.js';
import { settle } from './settle.js';

/** What the pipeline stands on: the rules, and the ends that are plugged in. */
export interface PipelineDeps extends DeliverDeps {
  readonly decodeRules: DecodeRules;
  /** Stores a dead letter; emits once when it is stored or known to be lost. */
  readonly deadLetter: (letter: DeadLettered) => Observable<unknown>;
}

/**
 * What cvmqtt is: each publish in, exactly one settlement of it out (design.md). Decode, split, route, hold, deliver,
 * settle; nothing else decides a message's fate. Order holds within an integration, not across settlements. Completes as
 * {@link deliver} does, once all dead letters are stored.
 */
export const pipeline =
  (deps: PipelineDeps): OperatorFunction<Publish, Settlement> =>
  (publish$) =>
    publish$.pipe(map(understand(deps.decodeRules)), deliver(deps), settle(deps.deadLetter));
