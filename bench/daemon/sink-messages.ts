import * as t from 'io-ts';

/** What the sink is told: how many calls to expect from now on, and whether their bodies say when they were sent. */
export const Expected = t.type({ count: t.number, timed: t.boolean });

export type Expected = t.TypeOf<typeof Expected>;

const Arrivals = t.type({
  /** When the first came, and the last, ms of the machine's clock. */
  firstAt: t.number,
  lastAt: t.number,
  /** What the sink used of a CPU in between, s. */
  cpuS: t.number,
  /** From when it was due to be sent to the call, where the bodies say so, ms. */
  latencyMs: t.type({ p50: t.number, p99: t.number, p999: t.number }),
});

/** How the calls came. */
export type Arrivals = t.TypeOf<typeof Arrivals>;

/** What the sink tells. */
export const FromSink = t.union([
  t.type({ kind: t.literal('listening'), port: t.number }),
  t.type({ kind: t.literal('ready') }),
  t.intersection([t.type({ kind: t.literal('all') }), Arrivals]),
]);

export type FromSink = t.TypeOf<typeof FromSink>;
