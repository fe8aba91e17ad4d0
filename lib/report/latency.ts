import type { Run } from './run.js';

/** Percentiles of the time from arrival to settlement, ms. Each value is a measured duration. */
export interface Latency {
  readonly count: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly max: number;
}

/** The latencies of the messages that were notified. */
export interface Latencies {
  /** Absent if none was. */
  readonly all?: Latency;
  readonly byIntegration: ReadonlyMap<string, Latency>;
}

/**
 * Percentiles by the nearest-rank method: the smallest duration with at least p % of all at or below it.
 * Undefined without durations, which may be in any order.
 */
export const latencyOf = (durations: Iterable<number>): Latency | undefined => {
  const sorted = Float64Array.from(durations).sort();
  const count = sorted.length;
  const at = (percent: number): number => sorted[Math.ceil((percent * count) / 100) - 1] ?? Number.NaN;
  return count === 0 ? undefined : { count, p50: at(50), p90: at(90), p99: at(99), max: at(100) };
};

/** The latencies of a run: of all notified messages, and of each integration. */
export const latenciesOf = ({ messages }: Run): Latencies => {
  const all: number[] = [];
  const durations = new Map<string, number[]>();
  for (const { at, result, integration } of messages) {
    if (result?.kind !== 'notified') continue;
    all.push(result.at - at);
    if (integration === undefined) continue;
    const known = durations.get(integration);
    if (known === undefined) durations.set(integration, [result.at - at]);
    else known.push(result.at - at);
  }
  const latency = latencyOf(all);
  const byIntegration = new Map<string, Latency>();
  for (const [name, each] of durations) {
    const own = latencyOf(each);
    if (own !== undefined) byIntegration.set(name, own);
  }
  return { ...(latency === undefined ? {} : { all: latency }), byIntegration };
};
