import type { Broker } from './broker.js';
import type { Plan } from './plan.js';
import type { Sink } from './sink.js';

/** What every measure gets: broker, sink and sizes. */
export interface Bed {
  readonly broker: Broker;
  readonly sink: Sink;
  readonly plan: Plan;
  /** Prints progress. */
  readonly progress: (line: string) => void;
}
