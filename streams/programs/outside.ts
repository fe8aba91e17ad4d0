import type * as E from 'fp-ts/lib/Either.js';
import type { Observable, SchedulerLike } from 'rxjs';
import type { Clock } from '../../lib/clock/clock.js';
import { systemClock } from '../../lib/clock/system-clock.js';
import { type Cvmain, type CvmainOptions, connectCvmain } from '../../lib/cvmain/client.js';
import type { Connection, ConnectionEvents } from '../../lib/mqtt/connection/connection.js';
import type { ConnectionOptions } from '../../lib/mqtt/connection/connection-options.js';
import { openConnection } from '../../lib/mqtt/connection/open-connection.js';
import { AppendFile, type AppendFileOptions } from '../../lib/storage/append-file.js';
import { type Disk, systemDisk } from '../../lib/storage/disk.js';
import type { SpoolOptions } from '../../lib/storage/spool/spool-content.js';
import { SpoolFile } from '../../lib/storage/spool/spool-file.js';
import { monotonicScheduler } from '../monotonic-scheduler.js';
import { type FileContent, fileContent } from '../sources/file-content.js';

/** The adapters of the daemon: neighbours, disk, time and chance. */
export interface Outside {
  readonly openConnection: (options: ConnectionOptions, events: ConnectionEvents) => Connection;
  readonly connectCvmain: (options: CvmainOptions) => Cvmain;
  readonly fileContent: (path: string) => Observable<FileContent>;
  readonly appendFile: (options: AppendFileOptions) => AppendFile;
  readonly openSpool: (options: SpoolOptions) => Promise<E.Either<string, SpoolFile>>;
  /** Time that never jumps: `now` is the uptime of the clock. */
  readonly scheduler: SchedulerLike;
  readonly clock: Clock;
  /** A random number, at least 0 and below 1. */
  readonly random: () => number;
}

/** The real adapters, with this disk. */
export const outsideWith = (disk: Disk): Outside => ({
  openConnection,
  connectCvmain,
  fileContent,
  appendFile: (options) => new AppendFile(options, disk),
  openSpool: (options) => SpoolFile.open(options, disk),
  scheduler: monotonicScheduler,
  clock: systemClock,
  random: Math.random,
});

/** The real adapters. */
export const outside = outsideWith(systemDisk);
