import { parseSet } from '../../lib/rule-test/set-value.js';
import type { Publish } from '../../lib/rules/message/publish.js';
import type { IntegrationSet } from '../../lib/rules/routing/integrations.js';
import type { Settlement } from '../../lib/rules/settlement.js';
import { rightOf } from './either.js';

/** A short form of a publish: the message's full name, used as the last topic level; or more fields. */
export type Sent =
  | string
  | (Partial<Publish> & {
      readonly name?: string;
      /** The payload as text, or as a value that is sent as JSON. */
      readonly json?: unknown;
      readonly text?: string;
    });

/** A publish with this sequence number, as a {@link Sent} describes it. */
export const publishOf = (seq: number, sent: Sent): Publish => {
  const { name, json, text, ...given } = typeof sent === 'string' ? { name: sent } : sent;
  return {
    seq,
    topic: name === undefined ? 's2u/cv12345' : `s2u/cv12345/${name}`,
    payload: { text: text ?? (json === undefined ? 'now' : JSON.stringify(json)) },
    qos: 1,
    retain: false,
    dup: false,
    receivedAt: seq,
    ...given,
  };
};

/** A set of integrations, each as a name or `name@host:port`, as in rule tests. */
export const registered = (integrations: readonly string[]): IntegrationSet =>
  rightOf(parseSet(integrations.join(', ')));

/** A settlement as one word. */
export const ending = (settlement: Settlement): string =>
  settlement.kind === 'dead-lettered' ? settlement.reason : settlement.kind;

/** A settlement as a few words, with its duration. */
export const endingInDetail = (settlement: Settlement): string =>
  `${ending(settlement)}, ${settlement.attempts} calls, ${settlement.tookMs} ms`;
