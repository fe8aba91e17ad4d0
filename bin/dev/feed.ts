import * as E from 'fp-ts/lib/Either.js';
import { explain } from '../../lib/explain/explain.js';
import { stepToJson } from '../../lib/explain/step.js';
import { describe } from '../../lib/log/describe.js';
import type { DaemonEvent } from '../../lib/log/event.js';
import type { Outcome } from '../../lib/rules/delivery/outcome.js';
import { decode, type Message } from '../../lib/rules/message/decode.js';
import { isReachable } from '../../lib/rules/message/name.js';
import { bytesOf, type Payload } from '../../lib/rules/message/payload.js';
import type { Publish } from '../../lib/rules/message/publish.js';
import type { IntegrationSet } from '../../lib/rules/routing/integrations.js';
import { reservedPrefix, route } from '../../lib/rules/routing/route.js';
import type { DeadLettered, Settlement } from '../../lib/rules/settlement.js';
import { addressOf, type Target } from '../../lib/rules/target.js';
import { nearest } from '../../lib/util/nearest.js';
import type { Rules } from '../../streams/rules.js';
import { addressWarning, nameWarnings } from '../integrations/warnings.js';
import { advice, dashAdvice, noEnvelopeAdvice } from './advice.js';
import { digestOf } from './digest.js';
import type { DevEvent } from './event.js';

/** An event without its time. */
type Untimed<A = DevEvent> = A extends DevEvent ? Omit<A, 'at'> : never;

/** Longest payload in an event, characters. */
const shownPayload = 1_024;

/** Dependencies of {@link Feed}. */
export interface FeedDeps {
  /** The rules of the running daemon. */
  readonly rules: () => Rules;
  /** The system notifier, `host:port`. */
  readonly notifierAddr: string;
  readonly now: () => Date;
  readonly emit: (event: DevEvent) => void;
}

/**
 * Turns what happens in and around the daemon into events for people. It decides nothing: it asks the rules of the
 * running daemon why a message waits.
 */
export class Feed {
  readonly #deps: FeedDeps;
  #set: IntegrationSet = new Map();

  constructor(deps: FeedDeps) {
    this.#deps = deps;
  }

  /** The live set changed. */
  registered(set: IntegrationSet): void {
    const before = this.#set;
    this.#set = set;
    for (const name of before.keys()) if (!set.has(name)) this.#emit({ event: 'unregistered', name });
    for (const { name, address } of set.values()) {
      const now = address === undefined ? null : addressOf(address).sendAddr;
      const known = before.get(name);
      if (known !== undefined && JSON.stringify(known.address) === JSON.stringify(address)) continue;
      const wrong = address === undefined ? undefined : addressWarning(address.host);
      const warning = [...this.#warningsFor(name), ...(wrong === undefined ? [] : [wrong])].join('; ');
      this.#emit({ event: 'registered', name, address: now, ...(warning === '' ? {} : { warning }) });
    }
  }

  /** A publish was received. Says why it waits, if its app is not registered. */
  received(publish: Publish): void {
    const { topic, qos, retain, payload } = publish;
    const { decodeRules, policy, holdUnregisteredMs } = this.#deps.rules();
    const message = decode(decodeRules)(publish);
    const about = aboutOf(publish, E.isRight(message) ? message.right : undefined);
    this.#emit({ event: 'received', ...about, topic, qos, retain, payload: shown(payload) });
    if (E.isLeft(message)) return;
    const { integration, lifetimeMs } = message.right;
    const routed = route(this.#set, policy)(message.right);
    if (E.isRight(routed) || routed.left.reason !== 'unregistered') return;
    const similar = nearest(integration, [...this.#set.keys()]);
    const dash = dashAdvice(message.right.name, this.#set.keys());
    this.#emit({
      event: 'held',
      ...about,
      integration,
      for_ms: Math.min(holdUnregisteredMs, lifetimeMs),
      ...(similar === undefined ? {} : { nearest: similar }),
      ...(dash === undefined ? {} : { advice: dash }),
    });
  }

  /** A call to cvmain ended. */
  called(ms: number, outcome: Outcome, message: Message, target: Target): void {
    this.#emit({
      event: 'called',
      ...aboutOf(message.publish, message),
      to: this.#addressOf(target),
      depends: target.kind === 'external' || this.#set.get(message.integration)?.address === undefined,
      outcome: outcome.kind,
      took_ms: Math.round(ms),
      ...('detail' in outcome ? { detail: outcome.detail } : {}),
    });
  }

  /** Nothing listens at an address that a notification was sent to. For the notifier, only if an app depends on it. */
  unheard(to: string): void {
    const matters =
      to !== this.#deps.notifierAddr || [...this.#set.values()].some(({ address }) => address === undefined);
    if (matters) this.#emit({ event: 'unheard', to });
  }

  /** The daemon reported something. */
  reported(event: DaemonEvent): void {
    if (event.kind === 'settled') this.#settled(event.settlement);
    // Said above, as soon as it is known.
    else if (event.kind !== 'integrations' && event.kind !== 'held') {
      const { level, message } = describe(event);
      this.#emit({ event: 'log', level, message });
    }
  }

  #settled(settlement: Settlement): void {
    const { publish, message, tookMs } = settlement;
    const about = aboutOf(publish, message);
    const took_ms = Math.round(tookMs);
    const rules = this.#deps.rules();
    if (settlement.kind === 'spooled') {
      this.#emit({ event: 'spooled', ...about });
    } else if (settlement.kind === 'notified') {
      const routed = route(this.#set, rules.policy)(settlement.message);
      const targets = E.isRight(routed) ? routed.right.targets : [];
      const to = targets.flatMap((target) => (target.kind === 'external' ? [target.sendAddr] : []));
      this.#emit({ event: 'notified', ...about, to, via_notifier: to.length < targets.length, took_ms });
    } else {
      const { reason, detail } = settlement;
      const steps = explain(rules, this.#set, settlement).map(stepToJson);
      this.#emit({
        event: 'dead-lettered',
        ...about,
        reason,
        detail,
        advice: this.#adviceFor(settlement) ?? advice[reason],
        steps,
        took_ms,
      });
    }
  }

  /** What to do about this very message. */
  #adviceFor({ reason, publish, message }: DeadLettered): string | undefined {
    if (reason === 'malformed-name') return noEnvelopeAdvice(this.#deps.rules().decodeRules, publish);
    return reason === 'unregistered' || reason === 'expired'
      ? dashAdvice(aboutOf(publish, message).name, this.#set.keys())
      : undefined;
  }

  #addressOf(target: Target): string {
    return target.kind === 'notifier' ? this.#deps.notifierAddr : target.sendAddr;
  }

  #warningsFor(name: string): readonly string[] {
    const { policy } = this.#deps.rules();
    return [
      ...(isReachable(name) ? [] : nameWarnings(name).slice(0, 1)),
      ...(name.startsWith(reservedPrefix) && !policy.reservedIntegrations.has(name)
        ? [`messages for it are rejected: ${advice['reserved-name']}`]
        : []),
    ];
  }

  #emit(event: Untimed): void {
    this.#deps.emit({ at: this.#deps.now().toISOString(), ...event });
  }
}

const aboutOf = ({ topic, payload, oversized }: Publish, message: Message | undefined) => ({
  digest: oversized?.sha256 ?? digestOf(topic, bytesOf(payload)),
  name: message?.name ?? topic,
});

const shown = (payload: Payload): string =>
  ('text' in payload ? payload.text : Buffer.from(payload.bytes).toString('latin1')).slice(0, shownPayload);
