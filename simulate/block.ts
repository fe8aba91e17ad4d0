import { outsideMicrotasks } from './engine/microtasks.js';
import type { Invariant } from './ledger.js';
import type { FaultKind } from './plan.js';
import { Run } from './run.js';
import { planOf, type Trait } from './scheme.js';
import { Strikes, type Struck } from './strikes.js';

/** A block of consecutive seeds. */
export interface Block {
  readonly from: number;
  readonly runs: number;
  readonly only: readonly (FaultKind | Trait)[];
  readonly ignored: readonly Invariant[];
}

/** Totals and failures of a block. */
export interface BlockResult {
  readonly runs: number;
  readonly steps: number;
  readonly ms: number;
  readonly messages: number;
  readonly strikes: Readonly<Record<string, Struck>>;
  readonly failed: readonly Failed[];
}

/** A run that violated an invariant. */
export interface Failed {
  readonly seed: number;
  readonly invariant: Invariant;
  readonly detail: string;
}

/** Unhandled rejections. */
const unhandled: unknown[] = [];

/** Counts an unhandled rejection as a bug of the run that caused it. */
export const watchRejections = (): void => {
  process.on('unhandledRejection', (reason) => unhandled.push(reason));
};

/** Runs the seeds of a block, each in its own turn of the event loop. */
export const runBlock = async ({ from, runs, only, ignored }: Block): Promise<BlockResult> => {
  const kinds = only.length === 0 ? undefined : new Set(only);
  const options = { ignored: new Set(ignored) };
  const strikes = new Strikes();
  const failed: Failed[] = [];
  const sums = { steps: 0, ms: 0, messages: 0 };
  for (let seed = from; seed < from + runs; seed += 1) {
    const { violation, ...result } = await outsideMicrotasks(() =>
      new Run(planOf(seed, kinds), options).run(),
    );
    sums.steps += result.steps;
    sums.ms += result.ms;
    sums.messages += result.messages;
    strikes.add(result.strikes);
    if (violation !== undefined)
      failed.push({ seed, invariant: violation.invariant, detail: violation.detail });
    await outsideMicrotasks(() => undefined);
    for (const reason of unhandled.splice(0))
      failed.push({ seed, invariant: 'bug', detail: `unhandled rejection: ${reason}` });
  }
  return { runs, ...sums, strikes: strikes.counts, failed };
};
