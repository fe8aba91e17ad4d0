import * as t from 'io-ts';
import { Format } from '../storage/state-formats.js';
import { Count } from '../util/codec.js';
import { isTime } from '../util/time.js';

/** Longest text in a status file, characters; the daemon shortens what it writes. */
export const maxText = 400;

/** Most entries of a list in a status file. */
export const maxEntries = 100;

const Text = t.refinement(t.string, (text) => text.length <= maxText + 1, 'a short text');
const Time = t.refinement(t.number, isTime, 'a time');
const list = <A>(item: t.Type<A>) =>
  t.refinement(t.readonlyArray(item), (items) => items.length <= maxEntries, 'a short list');
const orNull = <A>(codec: t.Type<A>) => t.union([codec, t.null]);

const Fault = t.type({ at: Time, text: Text });

/** Counts of one app's settlements. */
const App = t.type({ name: Text, notified: Count, spooled: Count, dead_letters: Count });

/** Number of receipts that the broker has, refused or were refused here, and that had no room or line. */
const Receipts = t.type({ published: Count, refused: Count, dropped: Count });

/**
 * The content of a status file, and of `cvmqtt status --json`. Times are uptimes of `boot` in ms, except `token_expires_at`,
 * which is ms since the epoch. Names of apps and texts are untrusted.
 */
export const Snapshot = t.type({
  format: Format,
  version: Text,
  config_directory: Text,
  state_directory: Text,
  pid: Count,
  /** Tells this process from a later one with the same pid. */
  process: Text,
  boot: Text,
  started_at: Time,
  written_at: Time,
  stopping: t.boolean,
  clock_synchronised: t.boolean,
  cvmain: t.type({
    state: t.keyof({ unknown: null, serves: null, away: null, fails: null }),
    since: Time,
    version: orNull(Text),
    last_error: orNull(Fault),
    calls: Count,
    /** Upper bounds of the histogram's buckets, ms; null without calls, and beyond the last bound. */
    p50_ms: orNull(t.number),
    p99_ms: orNull(t.number),
    /** Number of calls in each bucket of the histogram (`bounds` in histogram.ts), and the sum of their durations. */
    buckets: list(Count),
    sum_ms: t.number,
  }),
  /** What the login waits for; null if there is one. */
  login: orNull(t.type({ waits_for: Text, since: Time, detail: Text })),
  broker: t.type({
    state: t.keyof({ unknown: null, away: null, connected: null, subscribed: null }),
    since: Time,
    address: orNull(Text),
    mqtt_version: orNull(Text),
    session_present: t.boolean,
    filters: list(Text),
    /** 0 if the broker granted less than QoS 1 for a filter. */
    granted_qos: Count,
    reconnects: Count,
    last_error: orNull(Fault),
  }),
  /** The latest trouble with files and the disk, and the files without which the daemon can't work; absent in earlier versions. */
  files: t.type({
    last_error: orNull(Fault),
    waits_for: t.union([t.undefined, list(t.type({ file: Text, since: Time, detail: Text }))]),
  }),
  window: t.type({ messages: Count, bytes: Count, max_messages: Count, max_bytes: Count }),
  registered: list(Text),
  held: list(t.type({ name: Text, messages: Count, since: Time })),
  spool: t.type({
    bytes: Count,
    apps: list(t.type({ name: Text, messages: Count, oldest_at: orNull(Time) })),
  }),
  settled: t.record(t.string, Count),
  apps: list(App),
  received: Count,
  retries: Count,
  /** Absent before the first receipt, and in files of earlier versions. */
  receipts: t.union([t.undefined, Receipts]),
  /** Bytes written to the state directory; missing in status files of earlier versions. */
  bytes_written: t.union([Count, t.undefined]),
  last_received_at: orNull(Time),
  last_settled_at: orNull(Time),
  token_expires_at: orNull(Time),
});

export type Snapshot = t.TypeOf<typeof Snapshot>;
export type Fault = t.TypeOf<typeof Fault>;
export type Receipts = t.TypeOf<typeof Receipts>;
export type AppCounts = t.TypeOf<typeof App>;
