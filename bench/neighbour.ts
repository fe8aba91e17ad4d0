/**
 * One bad neighbour (docs/architecture.md#decision-15): the throughput of ten healthy integrations without one and with
 * one, in alternating runs.
 *
 *     npm run build && npm run bench:neighbour [-- <pairs>]
 */
import { healthyRate, neighbours } from '../spec/rig/neighbour.js';
import { median } from './daemon/statistics.js';

/** Runs of 10 s, limited by the calls (with a window so small that every stall shows), or by the CPU. */
const settings = [
  { callMs: 100, count: 1_000, window: 48 },
  { callMs: 0, count: 10_000, window: 256 },
] as const;

const shown = (numbers: readonly number[], digits: number): string => {
  const [least, most] = [Math.min(...numbers), Math.max(...numbers)];
  return `${median(numbers).toFixed(digits)} (${least.toFixed(digits)}–${most.toFixed(digits)})`;
};

const pairs = Number(process.argv[2] ?? 5);
for (const load of settings) {
  process.stdout.write(
    `cvmain takes ${load.callMs} ms for a call, window ${load.window}, ${load.count} healthy messages, ${pairs} pairs\n`,
  );
  for (const each of [0.1, 1])
    for (const neighbour of neighbours) {
      const rates: { readonly without: number; readonly beside: number }[] = [];
      for (let pair = 0; pair < pairs; pair += 1) {
        const without = await healthyRate(load);
        rates.push({ without, beside: await healthyRate({ ...load, neighbour, each }) });
      }
      const without = rates.map((pair) => pair.without);
      const beside = rates.map((pair) => pair.beside);
      const ratios = rates.map((pair) => pair.beside / pair.without);
      process.stdout.write(
        `  ${neighbour.title}, ${each} of its messages for each healthy one: ${shown(without, 0)} a second without it, ` +
          `${shown(beside, 0)} with it, ratio ${shown(ratios, 2)}\n`,
      );
    }
}
