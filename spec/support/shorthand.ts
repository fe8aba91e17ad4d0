import { parseSet } from '../../lib/rule-test/set-value.js';
import type { Publish } from '../../lib/rules/message/publish.js';
import type { IntegrationSet } from '../../lib/rules/routing/integrations.js';
import type { Settlement } from '../../lib/rules/settlement.js';
import { rightOf } from './either.js';

/** A publish in short: the message's full name, as the topic's last level; or with more about it. */
export type Sent =
  | string
  | (Partial<Publish> & {
      readonly name?: string;
      /** The payload as text, or as a value whose JSON it is. */
      readonly json?: unknown;
      readonly text?: string;
    });

/** A publish of the sequence number, as a {@link Sent} describes it. */
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

/** The set of integrations, each a name, or `name@host:port`, as rule tests write it. */
export const registered = (integrations: readonly string[]): IntegrationSet =>
  rightOf(parseSet(integrations.join(', ')));

/** A settlement in a word. */
export const ending = (settlement: Settlement): string =>
  settlement.kind === 'dead-lettered' ? settlement.reason : settlement.kind;

/** A settlement in a few words: what it took, too. */
export const endingInDetail = (settlement: Settlement): string =>
  `${ending(settlement)}, ${settlement.attempts} calls, ${settlement.tookMs} ms`;
