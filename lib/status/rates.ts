import { fitted, row } from './show.js';
import type { Snapshot } from './snapshot.js';

/** Number of samples that are kept. */
const most = 60;

const blocks = '▁▂▃▄▅▆▇█';

/** Numbers as bars, scaled to the largest; one character each. */
export const sparkline = (values: readonly number[]): string => {
  const largest = Math.max(1, ...values);
  return values.map((value) => blocks[Math.round((value / largest) * (blocks.length - 1))] ?? '').join('');
};

type Sums = { readonly [Key in 'received' | 'settled']: number };

/** Messages a second, from one look at the status to the next. */
export class Rates {
  #last: { readonly at: number; readonly pid: number; readonly sums: Sums } | undefined;
  #samples: readonly Sums[] = [];

  /** Adds a look at `now`, ms. Another process begins anew. */
  add({ pid, received, settled }: Snapshot, now: number): void {
    const sums = { received, settled: Object.values(settled).reduce((sum, each) => sum + each, 0) };
    const last = this.#last;
    this.#last = { at: now, pid, sums };
    if (last === undefined || last.pid !== pid || now <= last.at) {
      this.#samples = [];
      return;
    }
    const perSecond = (to: number, from: number): number =>
      (Math.max(0, to - from) * 1_000) / (now - last.at);
    const sample = {
      received: perSecond(received, last.sums.received),
      settled: perSecond(sums.settled, last.sums.settled),
    };
    this.#samples = [...this.#samples, sample].slice(-most);
  }

  /** A line each for what was received and what was settled, at most `width` columns. */
  lines(width: number): readonly string[] {
    return (['received', 'settled'] as const).map((key) => {
      const values = this.#samples.map((sample) => sample[key]);
      const rate = `${(values.at(-1) ?? 0).toFixed(1)}/s`.padStart(10);
      return fitted(row(key, `${rate} ${sparkline(values.slice(-Math.max(1, width - 23)))}`), width);
    });
  }
}
