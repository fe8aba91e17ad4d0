import type { Agenda } from '../engine/agenda.js';
import type { BrokerTraits } from '../plan.js';

/** Dependencies of a model broker. */
export interface ModelBrokerDeps {
  readonly agenda: Agenda;
  readonly traits: BrokerTraits;
  readonly note: (text: string) => void;
  readonly struck: (kind: 'qos-2' | 'subscribe-fails', matters: boolean) => void;
}

/** How SUBSCRIBE is answered. */
export type Subscribed = 'granted' | 'refused' | 'unanswered';

/** How CONNECT is answered. */
export type Connack = 'accepted' | 'unsupported-version' | 'refused' | 'unreachable';
