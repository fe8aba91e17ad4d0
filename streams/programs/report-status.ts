import { join } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import { concatMap, type SchedulerLike, Subject } from 'rxjs';
import type { Clock } from '../../lib/clock/clock.js';
import type { DaemonEvent } from '../../lib/log/event.js';
import { conditionAfter, newCondition } from '../../lib/status/condition.js';
import type { Counters } from '../../lib/status/counters.js';
import type { Pulse } from '../../lib/status/progress.js';
import type { Snapshot } from '../../lib/status/snapshot.js';
import {
  madeDirectory,
  removeStatus,
  type StatusDirectory,
  writeStatus,
} from '../../lib/status/status-file.js';
import { type Gauges, type Identity, noGauges, pulseOf, snapshotOf } from '../../lib/status/take.js';
import { paced } from '../operators/paced.js';
import type { StatusSource } from './health.js';
import type { Observer } from './observer.js';

/** Dependencies of {@link reportStatus}. */
export interface ReportStatusDeps {
  readonly directory: StatusDirectory;
  readonly uid: number;
  readonly fileName: string;
  readonly identity: Identity;
  readonly clock: Clock;
  /** What is counted here. */
  readonly counters: Counters;
  readonly scheduler: SchedulerLike;
  /** Called once with the reason why the status can't be written. The daemon runs without it. */
  readonly broken: (detail: string) => void;
  /** Gets each snapshot that is written. */
  readonly taken?: ((snapshot: Snapshot) => void) | undefined;
}

/** Gets the daemon's events, and writes its status. */
export interface StatusReport extends Observer, StatusSource {
  report(event: DaemonEvent): void;
  /** Bytes were written to the state directory. */
  wrote(bytes: number): void;
  /** The pipeline at this moment, for the watchdog. */
  pulse(): Pulse;
  /** Removes the file: a daemon that stopped has no status. */
  close(): Promise<void>;
}

/** How often the status is written at most, ms. */
const writeMs = 1_000;

/** Keeps a status file up to date: written after changes, at most once a second. */
export const reportStatus = (deps: ReportStatusDeps): StatusReport => {
  const { directory, uid, fileName, identity, clock, counters, scheduler } = deps;
  const path = join(directory.path, fileName);
  const change$ = new Subject<void>();
  let condition = newCondition(scheduler.now());
  let gauges: () => Gauges = () => noGauges;
  let isBroken = false;
  let writing: Promise<void> = Promise.resolve();

  const snapshot = (): Snapshot =>
    snapshotOf(identity, condition, counters, gauges(), {
      written_at: clock.uptimeMs(),
      clock_synchronised: clock.isSynchronised(),
    });
  const write = async (): Promise<void> => {
    const taken = snapshot();
    deps.taken?.(taken);
    const made = madeDirectory(directory, uid);
    const written = E.isLeft(made) ? made : await writeStatus(path, taken);
    if (E.isLeft(written) && !isBroken) deps.broken(written.left);
    isBroken = E.isLeft(written);
  };
  const writes = change$
    .pipe(
      paced(writeMs, scheduler),
      concatMap(() => {
        writing = write();
        return writing;
      }),
    )
    .subscribe();

  return {
    change$,
    snapshot,
    report: (event) => {
      if (event.kind === 'settled') counters.settled(event.settlement, scheduler.now());
      else condition = conditionAfter(condition, event, scheduler.now());
      if (event.kind === 'integrations') counters.registered(event.names);
      if (event.kind === 'dead-letter-lost') counters.tally.dead_letters_lost += 1;
      change$.next();
    },
    wrote: (bytes) => {
      counters.bytesWritten += bytes;
      change$.next();
    },
    arrived: () => {
      counters.arrived(scheduler.now());
      change$.next();
    },
    receipt: (fate) => {
      counters.receipt(fate);
      change$.next();
    },
    called: (ms) => counters.calls.add(ms),
    watch: (latest) => {
      gauges = latest;
    },
    pulse: () => pulseOf(condition, counters, gauges(), scheduler.now()),
    close: async () => {
      writes.unsubscribe();
      await writing;
      if (!isBroken) await removeStatus(path);
    },
  };
};
