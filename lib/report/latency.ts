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

/** A growing list of durations, 8 bytes each. */
export class Durations {
  #values = new Float64Array(64);
  #count = 0;

  add(ms: number): void {
    if (this.#count === this.#values.length) {
      const before = this.#values;
      this.#values = new Float64Array(before.length * 2);
      this.#values.set(before);
    }
    this.#values[this.#count] = ms;
    this.#count += 1;
  }

  values(): Float64Array {
    return this.#values.subarray(0, this.#count);
  }
}

/** What the latencies of a run come from. */
interface Settled {
  readonly at: number;
  readonly integration?: string;
  readonly result?: { readonly at: number; readonly kind: string };
}

/** The latencies of a run: of all notified messages, and of each integration. */
export const latenciesOf = ({ messages }: { readonly messages: readonly Settled[] }): Latencies => {
  const durations = new Map<string | undefined, Durations>();
  for (const { at, result, integration } of messages) {
    if (result?.kind !== 'notified') continue;
    const known = durations.get(integration) ?? new Durations();
    known.add(result.at - at);
    durations.set(integration, known);
  }
  return latenciesBy(durations);
};

/** The latencies from the durations of each integration; under undefined are those of messages without one. */
export const latenciesBy = (durations: ReadonlyMap<string | undefined, Durations>): Latencies => {
  const all = new Float64Array([...durations.values()].reduce((sum, each) => sum + each.values().length, 0));
  const byIntegration = new Map<string, Latency>();
  let count = 0;
  for (const [name, each] of durations) {
    all.set(each.values(), count);
    count += each.values().length;
    const own = latencyOf(each.values());
    if (name !== undefined && own !== undefined) byIntegration.set(name, own);
  }
  const latency = latencyOf(all);
  return { ...(latency === undefined ? {} : { all: latency }), byIntegration };
};
