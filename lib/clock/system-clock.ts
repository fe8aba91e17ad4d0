import { readFileSync, statSync } from 'node:fs';
import { uptime } from 'node:os';
import { performance } from 'node:perf_hooks';
import * as E from 'fp-ts/lib/Either.js';
import { type Clock, clockOf } from './clock.js';

/** Files in which Linux and systemd report boot and synchronisation. */
export interface ClockFiles {
  /** A UUID, new at each boot: random(4). */
  readonly bootId: string;
  /** Touched at each successful synchronisation, and removed when systemd-timesyncd starts: systemd-timesyncd(8). */
  readonly synchronised: string;
}

const linux: ClockFiles = {
  bootId: '/proc/sys/kernel/random/boot_id',
  synchronised: '/run/systemd/timesync/synchronized',
};

const readBoot = (path: string): string | undefined =>
  E.getOrElseW(() => undefined)(
    E.tryCatch(
      () => /^[0-9a-f-]{36}$/.exec(readFileSync(path, 'utf8').trim())?.[0],
      () => 'not there',
    ),
  );

const modifiedAt = (path: string): number | undefined =>
  E.getOrElseW(() => undefined)(
    E.tryCatch(
      () => statSync(path, { throwIfNoEntry: false })?.mtimeMs,
      () => 'not there',
    ),
  );

/** The clock of this system, with information from these files. A missing file counts as unknown. */
export const clockFrom = ({ bootId, synchronised }: ClockFiles): Clock =>
  clockOf({
    boot: readBoot(bootId),
    uptimeMs: () => uptime() * 1_000,
    awakeMs: () => Number(process.hrtime.bigint() / 1_000_000n),
    tickMs: () => performance.now(),
    wallMs: Date.now,
    synchronisedAt: () => modifiedAt(synchronised),
  });

/** The clock of this system. */
export const systemClock = clockFrom(linux);
