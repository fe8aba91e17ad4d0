import { plural } from '../lib/util/plural.js';
import { diagramOf } from './diagram.js';
import { type Invariant, invariants } from './ledger.js';
import type { FaultKind, Plan } from './plan.js';
import { Run } from './run.js';
import { planOf, type Trait } from './scheme.js';
import { shrink } from './shrink.js';
import type { TraceEvent } from './trace.js';

/** A failing seed: its text for people and its shrunk plan. */
export interface Failure {
  readonly text: string;
  readonly invariant: Invariant;
  readonly plan: Plan;
}

/** The failure of a seed with its plan shrunk; undefined when it passes. */
export const failureOf = (
  seed: number,
  only: ReadonlySet<FaultKind | Trait>,
  ignored: ReadonlySet<Invariant>,
): Failure | undefined => {
  const plan = planOf(seed, only.size === 0 ? undefined : only);
  const { violation } = new Run(plan, { ignored }).run();
  if (violation === undefined) return undefined;
  const { invariant } = violation;
  const small = shrink(plan, invariant, { ignored });
  const text = [
    '',
    `seed ${seed}: ${invariant}, that is: ${invariants[invariant]}`,
    `shrunk from ${plan.events.length} to ${plural(small.events.length, 'event')}:`,
    JSON.stringify(small),
    drawn(small, ignored),
  ].join('\n');
  return { text, invariant, plan: small };
};

/** The diagram of a failing plan. */
const drawn = (plan: Plan, ignored: ReadonlySet<Invariant>): string => {
  const events: TraceEvent[] = [];
  const { violation } = new Run(plan, { ignored, trace: (event) => events.push(event) }).run();
  return violation === undefined ? 'no invariant is violated' : diagramOf(plan, events, violation);
};
