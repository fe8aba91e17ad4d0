import * as t from 'io-ts';

/** What the sink should expect: the number of calls, and whether their bodies carry the time they were due. */
export const Expected = t.type({ count: t.number, timed: t.boolean });

export type Expected = t.TypeOf<typeof Expected>;

const Arrivals = t.type({
  /** Times of the first and the last call, ms of the monotonic clock. */
  firstAt: t.number,
  lastAt: t.number,
  /** CPU time of the sink in between, s. */
  cpuS: t.number,
  /** From the time a message was due until its call, if the bodies carry it, ms. */
  latencyMs: t.type({ p50: t.number, p99: t.number, p999: t.number }),
});

/** The calls that arrived. */
export type Arrivals = t.TypeOf<typeof Arrivals>;

/** Messages of the sink process. */
export const FromSink = t.union([
  t.type({ kind: t.literal('listening'), port: t.number }),
  t.type({ kind: t.literal('ready') }),
  t.intersection([t.type({ kind: t.literal('all') }), Arrivals]),
]);

export type FromSink = t.TypeOf<typeof FromSink>;
