import { plural } from '../lib/util/plural.js';
import type { Failed } from './block.js';
import type { Invariant } from './ledger.js';
import { faultKinds, moments } from './plan.js';
import { type Strikes, sideKinds } from './strikes.js';

/** The progress so far, as one line of text. */
export const progressLine = (
  { runs, steps, ms, messages }: Readonly<Record<'runs' | 'steps' | 'ms' | 'messages', number>>,
  failed: number,
  seconds: number,
): string =>
  `${plural(runs, 'run')}, ${failed} failed; ${plural(messages, 'message')}, ${plural(steps, 'step')}, ${(ms / 3_600_000).toFixed(1)} h of simulated time; ` +
  `${seconds.toFixed(0)} s, ${Math.round(runs / seconds)} runs/s`;

/** The faults that struck and the failures, as lines of text. */
export const summary = ({ counts }: Strikes, failed: readonly Failed[]): readonly string[] => {
  const rows = [...faultKinds, ...sideKinds].map((kind) => {
    const { struck, mattered } = counts[kind] ?? { struck: 0, mattered: 0 };
    const met = moments
      .filter((moment) => (counts[`${kind} at ${moment}`]?.mattered ?? 0) > 0)
      .map((moment) => moment);
    return `  ${kind.padEnd(20)} ${String(struck).padStart(8)} ${String(mattered).padStart(8)}   ${met.length} of ${moments.length} moments`;
  });
  const kinds = new Map<Invariant, number[]>();
  for (const { seed, invariant } of failed) kinds.set(invariant, [...(kinds.get(invariant) ?? []), seed]);
  const failures = [...kinds].map(
    ([invariant, seeds]) =>
      `  ${invariant.padEnd(20)} ${String(seeds.length).padStart(8)}   seeds ${[...seeds]
        .sort((one, other) => one - other)
        .slice(0, 8)
        .join(' ')}`,
  );
  return [
    `  ${'fault'.padEnd(20)} ${'struck'.padStart(8)} ${'mattered'.padStart(8)}`,
    ...rows,
    ...(failures.length === 0 ? [] : [`  ${'violated'.padEnd(20)} ${'runs'.padStart(8)}`, ...failures]),
  ];
};
