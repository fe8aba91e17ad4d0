import type { Broker } from './broker.js';
import type { Plan } from './plan.js';
import type { Sink } from './sink.js';

/** What a measure stands on. */
export interface Bed {
  readonly broker: Broker;
  readonly sink: Sink;
  readonly plan: Plan;
  /** Tells what is going on. */
  readonly tell: (line: string) => void;
}
