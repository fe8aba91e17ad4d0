import type { Broker } from './broker.js';
import type { Plan } from './plan.js';
import type { Sink } from './sink.js';

/** Shared parts of the measures. */
export interface Bed {
  readonly broker: Broker;
  readonly sink: Sink;
  readonly plan: Plan;
  /** Prints progress. */
  readonly tell: (line: string) => void;
}
