import type { Lane } from '../rules/delivery/lane.js';
import { stateFormats } from '../storage/state-formats.js';
import { shortened } from '../util/printable.js';
import type { Condition } from './condition.js';
import type { Counters } from './counters.js';
import type { Pulse } from './progress.js';
import { maxEntries, maxText, type Snapshot } from './snapshot.js';

/** What is looked at when a snapshot is taken. */
export interface Gauges {
  readonly window: Snapshot['window'];
  readonly lanes: readonly Lane[];
  readonly spool: { readonly bytes: number; readonly messages: ReadonlyMap<string, number> };
  readonly tokenExpiresAt: number | undefined;
  /** See `Pulse`. */
  readonly oldest: Pulse['oldest'];
  readonly session: Pulse['session'];
  readonly slowestMs: number;
}

/** What identifies the daemon. */
export type Identity = Pick<Snapshot, 'pid' | 'process' | 'boot' | 'started_at'>;

/** No pipeline runs yet. */
export const noGauges: Gauges = {
  window: { messages: 0, bytes: 0, max_messages: 0, max_bytes: 0 },
  lanes: [],
  spool: { bytes: 0, messages: new Map() },
  tokenExpiresAt: undefined,
  oldest: undefined,
  session: { phase: 'offline', steps: 0 },
  slowestMs: 0,
};

/** The snapshot at `written_at`. Of long lists it has the oldest entries. */
export const snapshotOf = (
  identity: Identity,
  condition: Condition,
  counters: Counters,
  gauges: Gauges,
  moment: Pick<Snapshot, 'written_at' | 'clock_synchronised'>,
): Snapshot => ({
  format: stateFormats.status,
  ...identity,
  ...condition,
  ...moment,
  broker: { ...condition.broker, reconnects: Math.max(0, condition.broker.reconnects) },
  cvmain: {
    ...condition.cvmain,
    calls: counters.calls.total,
    p50_ms: counters.calls.percentile(50),
    p99_ms: counters.calls.percentile(99),
    buckets: counters.calls.counts,
    sum_ms: counters.calls.sumMs,
  },
  window: gauges.window,
  held: heldIn(gauges.lanes),
  spool: { bytes: gauges.spool.bytes, apps: spooledIn(gauges) },
  settled: { ...counters.tally },
  apps: counters.apps,
  received: counters.received,
  retries: counters.retries,
  receipts: counters.receipts && { ...counters.receipts },
  bytes_written: counters.bytesWritten,
  last_received_at: counters.lastReceivedAt,
  last_settled_at: counters.lastSettledAt,
  token_expires_at: gauges.tokenExpiresAt === undefined ? null : Math.min(gauges.tokenExpiresAt, latest),
});

/** What the watchdog looks at, at an uptime in ms. */
export const pulseOf = (condition: Condition, counters: Counters, gauges: Gauges, at: number): Pulse => ({
  at,
  stopping: condition.stopping,
  cvmainServes: condition.cvmain.state === 'serves',
  calls: counters.calls.total,
  lanes: gauges.lanes,
  oldest: gauges.oldest,
  session: gauges.session,
  slowestMs: gauges.slowestMs,
});

/** The latest time that a snapshot holds, ms. */
const latest = 1e14;

const heldIn = (lanes: readonly Lane[]): Snapshot['held'] =>
  lanes
    .flatMap(({ integration, held, heldSince }) =>
      held > 0 && heldSince !== undefined
        ? [{ name: shortened(integration, maxText), messages: held, since: heldSince }]
        : [],
    )
    .sort((one, other) => one.since - other.since)
    .slice(0, maxEntries);

/** A message of an earlier boot may have come before this one began. */
const uptimeOf = (arrivedAt: number | undefined): number | null =>
  arrivedAt === undefined ? null : Math.max(0, arrivedAt);

/** The oldest message is the first of its lane; its age is unknown while it is on the disk alone. */
const spooledIn = ({ lanes, spool }: Gauges): Snapshot['spool']['apps'] => {
  const first = new Map(lanes.map(({ integration, front }) => [integration, front[0]]));
  return [...spool.messages].slice(0, maxEntries).map(([name, messages]) => ({
    name: shortened(name, maxText),
    messages,
    oldest_at: uptimeOf(first.get(name)?.arrivedAt),
  }));
};
